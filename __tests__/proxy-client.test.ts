import { readFileSync } from "node:fs";
import path from "node:path";
import { clientSettingsJsonSchema } from "../src/configuration/client-settings";
import { evaluate } from "../src/tools/gate/evaluate";
import { PERMISSIONS } from "../src/tools/terraform/type-permissions";
import { CHECKOUT } from "./helpers/checkout";
import { CONSUMERS, EXISTING_CLIENT, SERVICE_NAME, synthConsumer } from "./helpers/consumer";
import { expectGolden } from "./helpers/golden";
import { danglingReferences } from "./helpers/references";
import { addresses, only, type TerraformJson } from "./helpers/synth";
import { difference, lines, settingPaths } from "./helpers/wiring";

test("the addresses are the agreed ones: changing one moves a resource in every consumer's state", () => {
  const agreed = readFileSync(path.join(__dirname, "client-addresses.txt"), "utf8");
  expect(addresses(synthConsumer())).toEqual(agreed.trimEnd().split("\n"));
});

describe.each(Object.entries(CONSUMERS))("%s", (_, settings) => {
  let json: TerraformJson;
  beforeAll(() => {
    json = synthConsumer(settings);
  });

  test("every reference names an element of the stack", () => {
    expect(danglingReferences(json)).toEqual([]);
  });

  test("nothing is looked up that another account may not see", () => {
    const types = ["aws_vpc_endpoint_service", "aws_lb", "aws_vpc_endpoint"];
    expect(Object.keys(json.data ?? {}).filter((type) => types.includes(type))).toEqual([]);
  });

  test("there is no path of this machine in it", () => {
    expect(JSON.stringify(json)).not.toContain(CHECKOUT);
  });

  test("it passes the policy gate", () => {
    const account = "account" in settings ? "standard" : "learner-lab";
    expect(evaluate(json, { account, waivers: [] })).toMatchObject({ violations: [], stale: [] });
  });

  test("every type of it is a fleet's, too, so that the gate and the review know it", () => {
    const types = addresses(json).map((address) => address.split(".").slice(0, -1).join("."));
    expect(types.filter((type) => !(type in PERMISSIONS))).toEqual([]);
  });
});

test("the endpoint connects to the service by its name", () => {
  const endpoint = only(synthConsumer(), "aws_vpc_endpoint");
  expect(endpoint["service_name"]).toBe(SERVICE_NAME);
  expect(endpoint).not.toHaveProperty("service_region");
});

test("a new VPC has its subnets in zones of the service, by their ids", () => {
  const json = synthConsumer({ zoneIds: ["use1-az1", "use1-az4"], clients: [{ azs: 2 }] });
  expect(json.data!["aws_availability_zones"]!["azs"]).toMatchObject({
    filter: [
      { name: "zone-type", values: ["availability-zone"] },
      { name: "zone-id", values: ["use1-az1", "use1-az4"] },
    ],
  });
  expect(only(json, "aws_vpc_endpoint")["subnet_ids"]).toHaveLength(2);
});

test("an existing VPC's subnets are held against them in the plan", () => {
  const json = synthConsumer({ zoneIds: ["use1-az1"], clients: [EXISTING_CLIENT] });
  const { precondition } = only(json, "aws_vpc_endpoint")["lifecycle"] as {
    precondition: { condition: string }[];
  };
  expect(precondition[0]!.condition).toContain("availability_zone_id");
  expect(precondition[0]!.condition).toContain('["use1-az1"]');
});

test("without known zones AWS says which do not fit", () => {
  const json = synthConsumer({ clients: [EXISTING_CLIENT] });
  expect(only(json, "aws_vpc_endpoint")).not.toHaveProperty("lifecycle");
});

test("from another region the service's is named, and not in its own", () => {
  const json = synthConsumer({ account: "standard", regions: ["us-east-1", "eu-west-1"] });
  expect(only(json, "aws_vpc_endpoint")["service_region"]).toBe(
    '${terraform.workspace == "us-east-1" ? null : "us-east-1"}',
  );
});

test("the service's private DNS name is the endpoint's, and the proxy's", () => {
  const json = synthConsumer({ account: "standard", privateDnsName: "proxy.example.com" });
  expect(only(json, "aws_vpc_endpoint_private_dns")).toMatchObject({
    vpc_endpoint_id: "${aws_vpc_endpoint.client_client_endpoint.id}",
    private_dns_enabled: true,
  });
  expect(json.output!["client_proxy_url"]!.value).toBe("http://proxy.example.com:3128");
  expect(JSON.stringify(json.resource["aws_route53_resolver_firewall_domain_list"])).toContain(
    '"proxy.example.com","proxy.internal"',
  );
});

test("the state has a folder of its own", () => {
  expect(synthConsumer({ name: "partner" }).terraform["backend"]).toEqual({
    local: {
      path: "../../../../terraform.tfstate",
      workspace_dir: "../../../../terraform.tfstate.proxy-client.d/partner",
    },
  });
});

test("a lab's instance has the lab's profile, another one a role of its own", () => {
  const lab = synthConsumer();
  expect(only(lab, "aws_instance")["iam_instance_profile"]).toBe("LabInstanceProfile");
  expect(lab.resource).not.toHaveProperty("aws_iam_role");
  const standard = synthConsumer({ account: "standard" });
  expect(only(standard, "aws_iam_role")["name"]).toBe("proxy-client-client-${terraform.workspace}");
});

/** A value other than the default for every setting, by its path in the schema. */
const CASES: Record<string, object> = {
  serviceName: { serviceName: "com.amazonaws.vpce.us-west-2.vpce-svc-0123456789abcdef0" },
  "zoneIds[]": { zoneIds: ["use1-az1"] },
  account: { account: "standard" },
  "regions[]": { regions: ["us-west-2"] },
  name: { name: "partner" },
  "tags.*": { tags: { CostCentre: "4711" } },
  dnsName: { dnsName: "proxy.example.com" },
  privateDnsName: { privateDnsName: "proxy.example.com" },
  "clients[].name": { clients: [{ name: "office" }] },
  "clients[].cidr": { clients: [{ cidr: "172.17.0.0/16" }] },
  "clients[].azs": { clients: [{ azs: 2 }] },
  "clients[].instanceType": { clients: [{ instanceType: "none" }] },
  "clients[].publicDns": { clients: [{ publicDns: "blocked" }] },
  "clients[].allowedDns[]": {
    clients: [{ publicDns: "blocked", allowedDns: ["*.example.com"] }],
  },
  "clients[].vpcId": { clients: [EXISTING_CLIENT] },
  "clients[].subnetIds[]": { clients: [EXISTING_CLIENT] },
  "clients[].allowedCidrs[]": { clients: [{ ...EXISTING_CLIENT, allowedCidrs: ["10.9.0.0/16"] }] },
  "clients[].allowedSecurityGroupIds[]": {
    clients: [{ ...EXISTING_CLIENT, allowedSecurityGroupIds: ["sg-01234567"] }],
  },
};

test("every setting of the schema has a case", () => {
  expect(Object.keys(CASES).sort()).toEqual(settingPaths(clientSettingsJsonSchema()).sort());
});

test("the whole stack, and what each setting changes", () => {
  const whole = lines(synthConsumer());
  const sections = Object.entries(CASES).map(([setting, settings]) =>
    [
      `${setting}: ${JSON.stringify(settings)}`,
      ...difference(whole, lines(synthConsumer(settings))),
    ].join("\n  "),
  );
  const text = [whole.join("\n"), ...sections].join("\n\n");
  expectGolden(path.join(__dirname, "wiring", "proxy-client.txt"), `${text}\n`);
});
