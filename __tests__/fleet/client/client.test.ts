import path from "node:path";
import { Client, type ExistingClientVpc } from "../../../src/fleet/client/client";
import type { PublicDns } from "../../../src/fleet/client/public-dns";
import { AvailabilityZones } from "../../../src/fleet/network/availability-zones";
import { EndpointService } from "../../../src/fleet/privatelink/endpoint-service";
import { CHECKOUT } from "../../helpers/checkout";
import { addresses, only, placeholder, synthWith, type TerraformJson } from "../../helpers/synth";

interface ClientOptions {
  /** @default - the construct's id */
  readonly clientName?: string;
  /** @default - one of its own */
  readonly vpc?: ExistingClientVpc;
  /** @default - the endpoint's */
  readonly dnsName?: string;
  /** @default 2 */
  readonly azs?: number;
  /** @default "allowed" */
  readonly publicDns?: PublicDns;
  /** @default - none */
  readonly allowedDns?: string[];
  /** @default "t4g.nano" */
  readonly instanceType?: string;
}

/** A fleet's clients: what differs from one to the other, by the construct's id. */
function clients(all: Record<string, ClientOptions>): TerraformJson {
  return synthWith((stack) => {
    const availabilityZones = new AvailabilityZones(stack, "azs", { atLeast: 2 });
    const service = new EndpointService(stack, "link", {
      name: "some-endpoint-service",
      loadBalancerArn: "nlb-arn",
      zones: { names: ["us-east-1a", "us-east-1b"] },
      allowedPrincipals: [],
      acceptance: "automatic",
    });
    const dependsOn = [placeholder(stack, "proxies")];
    for (const [id, options] of Object.entries(all)) {
      const { instanceType = "t4g.nano", azs = 2, ...props } = options;
      const client = new Client(stack, id, {
        clientName: id,
        name: `some-${id}`,
        endpointSecurityGroupName: "some-endpoint-sg",
        vpc: { cidr: "172.16.0.0/16", azs, availabilityZones },
        publicDns: "allowed",
        allowedDns: [],
        region: "us-east-1",
        service,
        port: 3128,
        ...props,
      });
      if (instanceType === "none") continue;
      client.addTestInstance({
        instanceType,
        identity: {
          instanceProfileName: "profile",
          dependables: [],
        },
        userDataTemplate: path.join(CHECKOUT, "client/userdata.sh"),
        useProxyScript: path.join(CHECKOUT, "client/use-proxy.sh"),
        dependsOn,
      });
    }
  });
}

/** A VPC that somebody else has made. */
const EXISTING: ExistingClientVpc = { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] };

test("gets a VPC of its own that nothing leads out of, an endpoint and an instance in it", () => {
  const json = clients({ lab: {} });
  expect(only(json, "aws_vpc")).toMatchObject({
    cidr_block: "172.16.0.0/16",
    tags: { Name: "some-lab" },
  });
  expect(Object.keys(json.resource["aws_subnet"]!)).toEqual([
    "lab_vpc_private_1",
    "lab_vpc_private_2",
  ]);
  expect(json.resource).not.toHaveProperty("aws_route");
  expect(only(json, "aws_vpc_endpoint")).toMatchObject({
    vpc_id: "${aws_vpc.lab_vpc.id}",
    service_name: "${aws_vpc_endpoint_service.link.service_name}",
    subnet_ids: ["${aws_subnet.lab_vpc_private_1.id}", "${aws_subnet.lab_vpc_private_2.id}"],
    tags: { Name: "some-lab" },
  });
  expect(json.resource["aws_security_group"]).toMatchObject({
    lab_endpoint_sg: { name: "some-endpoint-sg", vpc_id: "${aws_vpc.lab_vpc.id}" },
    lab_instance_sg: { name: "lab-sg", vpc_id: "${aws_vpc.lab_vpc.id}" },
  });
  expect(only(json, "aws_instance")).toMatchObject({
    instance_type: "t4g.nano",
    subnet_id: "${aws_subnet.lab_vpc_private_1.id}",
    tags: { Name: "some-lab" },
    depends_on: expect.arrayContaining(["terraform_data.proxies"]),
  });
});

test("in more zones than the service has its endpoint in those that they share", () => {
  const json = clients({ lab: { azs: 3 } });
  expect(only(json, "aws_vpc_endpoint")["subnet_ids"]).toEqual([
    "${aws_subnet.lab_vpc_private_1.id}",
    "${aws_subnet.lab_vpc_private_2.id}",
  ]);
});

describe("in a VPC that is there", () => {
  const json = clients({ office: { vpc: EXISTING, instanceType: "none" } });

  test("adds an endpoint with its security group, and nothing else", () => {
    expect(addresses({ ...json, data: {} }).filter((one) => one.includes("office"))).toEqual([
      "aws_security_group.office_endpoint_sg",
      "aws_vpc_endpoint.office_endpoint",
      "aws_vpc_security_group_ingress_rule.office_endpoint_sg_from_vpc",
    ]);
    expect(only(json, "aws_vpc_endpoint")).toMatchObject({
      vpc_id: "vpc-1",
      subnet_ids: ["subnet-1", "subnet-2"],
    });
    expect(only(json, "aws_security_group")["vpc_id"]).toBe("vpc-1");
  });

  test("admits all of its networks, or who is named", () => {
    const type = "aws_vpc_security_group_ingress_rule";
    expect(only(json, type)).toMatchObject({
      for_each: "${toset(data.aws_vpc.office_vpc.cidr_block_associations[*].cidr_block)}",
      cidr_ipv4: "${each.value}",
    });
    const allowed = [{ cidr: "10.1.0.0/16" }, { securityGroupId: "sg-1" }];
    const named = clients({ office: { vpc: { ...EXISTING, allowed }, instanceType: "none" } });
    expect(Object.keys(named.resource[type]!)).toEqual([
      "office_endpoint_sg_from_10_1_0_0_16",
      "office_endpoint_sg_from_sg_1",
    ]);
  });

  test("makes no endpoint outside the service's zones", () => {
    expect(only(json, "aws_vpc_endpoint")["lifecycle"]).toEqual({
      precondition: [
        {
          condition:
            "${(length(setsubtract([data.aws_subnet.office_vpc_subnet_1.availability_zone, " +
            "data.aws_subnet.office_vpc_subnet_2.availability_zone], " +
            '["us-east-1a", "us-east-1b"])) < 1)}',
          error_message: expect.stringMatching(/^Client office: its subnets are in /),
        },
      ],
    });
  });
});

/** The names that a client's resolver still has. */
function allowedNames(json: TerraformJson): unknown {
  const lists = json.resource["aws_route53_resolver_firewall_domain_list"]!;
  return Object.entries(lists).flatMap(([name, { domains }]) =>
    name.endsWith("allow_names") ? domains : [],
  );
}

/** What allows a client's proxy: all names of its endpoint, and the one that it uses. */
const proxyNames = (client: string) => {
  const name = `aws_vpc_endpoint.${client}_endpoint.dns_entry[0].dns_name`;
  return [`\${replace(${name}, "/^[^.]+/", "*")}`, `\${${name}}`];
};

test("blocked, public names leave its resolver with the proxy's, its own and what is listed", () => {
  const json = clients({ lab: { publicDns: "blocked", allowedDns: ["db.example.com"] } });
  expect(allowedNames(json)).toEqual([
    ...proxyNames("lab"),
    "*.ec2.internal",
    "*.us-east-1.compute.internal",
    "*.16.172.in-addr.arpa",
    "db.example.com",
  ]);
  expect(only(json, "aws_route53_resolver_firewall_rule_group_association")).toMatchObject({
    name: "some-lab",
    vpc_id: "${aws_vpc.lab_vpc.id}",
  });
  expect(only(json, "aws_instance")["depends_on"]).toEqual(
    expect.arrayContaining([
      "aws_route53_resolver_firewall_rule_group_association.lab_dns_association",
      "terraform_data.proxies",
    ]),
  );
});

test("allowed, public names take no firewall", () => {
  const json = clients({ lab: { publicDns: "allowed" } });
  expect(Object.keys(json.resource).filter((type) => type.includes("resolver"))).toEqual([]);
});

test("blocked in a VPC that is there, public names leave what is known of it", () => {
  const json = clients({
    office: { vpc: EXISTING, publicDns: "blocked", instanceType: "none" },
  });
  expect(allowedNames(json)).toEqual([
    ...proxyNames("office"),
    "*.ec2.internal",
    "*.us-east-1.compute.internal",
  ]);
  expect(only(json, "aws_route53_resolver_firewall_config")["resource_id"]).toBe("vpc-1");
});

test("has outputs that begin with its name, wherever it stands in the stack", () => {
  const json = clients({ "some-scope": { clientName: "office-2" } });
  const outputs = Object.entries(json.output!).map(([name, { value }]) => [name, value]);
  expect(Object.fromEntries(outputs)).toEqual({
    office_2_endpoint_id: "${aws_vpc_endpoint.some_scope_endpoint.id}",
    office_2_endpoint_dns_name: "${aws_vpc_endpoint.some_scope_endpoint.dns_entry[0].dns_name}",
    office_2_proxy_url: "http://${aws_vpc_endpoint.some_scope_endpoint.dns_entry[0].dns_name}:3128",
    office_2_instance_id: "${aws_instance.some_scope_instance.id}",
    office_2_session_command:
      "aws ssm start-session --target ${aws_instance.some_scope_instance.id} --region us-east-1",
  });
  for (const { description } of Object.values(json.output!)) {
    expect(description).toMatch(/ in VPC office-2$/);
  }
});

test("has a name for the proxy, which its outputs and its instance use", () => {
  const json = clients({ lab: { dnsName: "proxy.internal" } });
  expect(only(json, "aws_route53_zone")).toMatchObject({
    name: "proxy.internal",
    vpc: [{ vpc_id: "${aws_vpc.lab_vpc.id}" }],
  });
  expect(json.output!["lab_proxy_url"]!.value).toBe("http://proxy.internal:3128");
  expect(json.output!["lab_endpoint_dns_name"]!.value).toBe(
    "${aws_vpc_endpoint.lab_endpoint.dns_entry[0].dns_name}",
  );
  expect(only(json, "aws_instance")).toMatchObject({
    user_data: expect.stringContaining('"proxy_host" = "proxy.internal"'),
    depends_on: expect.arrayContaining(["aws_route53_record.lab_name_address"]),
  });
});

test("can do without an instance, and then has the endpoint's outputs alone", () => {
  const json = clients({ lab: { instanceType: "none" } });
  expect(json.resource).not.toHaveProperty("aws_instance");
  expect(json).not.toHaveProperty("data.aws_ssm_parameter");
  expect(Object.keys(json.resource["aws_security_group"]!)).toEqual(["lab_endpoint_sg"]);
  expect(Object.keys(json.output!)).toEqual([
    "lab_endpoint_dns_name",
    "lab_endpoint_id",
    "lab_proxy_url",
  ]);
});

test("may be called as another's parts are: each has addresses of its own", () => {
  const names = [
    "client",
    "service",
    "nlb",
    "vpc",
    "a",
    "a-endpoint",
    "a-instance",
    "a-vpc",
    "a-dns",
  ];
  const json = clients(Object.fromEntries(names.map((name) => [name, { publicDns: "blocked" }])));
  // Two with one address would be an error of the stack's; outputs have names of their own.
  for (const type of ["aws_vpc", "aws_vpc_endpoint", "aws_instance"]) {
    expect(Object.keys(json.resource[type]!)).toHaveLength(names.length);
  }
  expect(Object.keys(json.output!)).toHaveLength(5 * names.length);
});
