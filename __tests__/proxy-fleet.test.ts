import { readFileSync } from "node:fs";
import path from "node:path";
import type { RuleSet } from "../src/fleet/rules/rule-set";
import { CHECKOUT } from "./helpers/checkout";
import { danglingReferences, prerequisites, referencesIn } from "./helpers/references";
import {
  EXISTING_SERVICE_VPC,
  FLEETS,
  PRIVATE_DNS,
  PUBLISHED_URI,
  synthFleet,
} from "./helpers/fleet";
import { ruleSet } from "./helpers/rules";
import { addresses, only, type TerraformJson } from "./helpers/synth";

test("the addresses are the agreed ones: changing one moves a resource in every user's state", () => {
  const agreed = readFileSync(path.join(__dirname, "addresses.txt"), "utf8").trimEnd().split("\n");
  expect(addresses(synthFleet())).toEqual(agreed);
});

describe.each(Object.entries(FLEETS))("%s", (_, settings) => {
  let json: TerraformJson;
  beforeAll(() => {
    json = synthFleet(settings);
  });

  test("every reference names an element of the stack", () => {
    expect(danglingReferences(json)).toEqual([]);
  });

  test("nothing that should be an expression is escaped", () => {
    expect(JSON.stringify(json)).not.toMatch(/\$\$\{|%%\{|TfToken|\[object/);
  });

  test("there is no secret and no path of this machine in it", () => {
    const text = JSON.stringify(json);
    expect(text).not.toContain(CHECKOUT);
    const secrets = text.match(/"(password|token|secret|auth)[^"]*":\s*"[^"]*"/gi) ?? [];
    expect(secrets.filter((secret) => !secret.includes("${ephemeral."))).toEqual([]);
  });

  test("the provider tags everything and takes its region from the workspace", () => {
    expect(json.provider["aws"]).toEqual([
      {
        region: "${terraform.workspace}",
        default_tags: [{ tags: { Project: "proxy", ManagedBy: "cdktf" } }],
      },
    ]);
  });
});

describe("the order in which Terraform makes it", () => {
  const settings = {
    account: "standard",
    regions: ["us-east-1"],
    clients: [{ name: "lab" }, { name: "office-2" }],
    consumers: [{ name: "abroad", endpointId: "vpce-0123456789abcdef0" }],
    endpointService: { acceptance: "explicit" },
  };
  const SERVICE = "aws_ecs_service.proxy_service";
  const INDEX = "aws_s3_object.rules_index";
  const ENDPOINTS = ["lab", "office_2"].map((name) => `aws_vpc_endpoint.client_${name}_endpoint`);
  const INSTANCES = ["lab", "office_2"].map((name) => `aws_instance.client_${name}_instance`);
  let json: TerraformJson;
  beforeAll(() => {
    json = synthFleet(settings);
  });

  test.each<[string, string, string]>([
    ["the endpoint service after the load balancer", "aws_vpc_endpoint_service.link", "aws_lb.nlb"],
    ["the index after its sets", INDEX, "aws_s3_object.rules_set_default"],
    ...ENDPOINTS.map((endpoint): [string, string, string] => [
      "the index after the endpoints",
      INDEX,
      endpoint,
    ]),
    ["the tasks after the index", SERVICE, INDEX],
    ["the tasks after the right to read it", SERVICE, "aws_s3_bucket_policy.rules_policy"],
    ["the tasks after their way to it", SERVICE, "aws_vpc_endpoint.service_s3"],
    ...INSTANCES.map((instance): [string, string, string] => [
      "the instances after the tasks",
      instance,
      SERVICE,
    ]),
    [
      "the instances after the acceptance",
      "aws_instance.client_lab_instance",
      "aws_vpc_endpoint_connection_accepter.client_lab_endpoint_accepter",
    ],
  ])("%s: %s, %s", (_, address, needed) => {
    expect([...prerequisites(json, address)]).toContain(needed);
  });

  test.each(ENDPOINTS)("%s does not wait for the tasks, which wait for it", (endpoint) => {
    const needed = prerequisites(json, endpoint);
    expect(needed).not.toContain(SERVICE);
    expect(needed).not.toContain(INDEX);
  });

  test("nothing waits for itself", () => {
    for (const address of addresses(json)) {
      expect(prerequisites(json, address)).not.toContain(address);
    }
  });
});

test("a check of the order finds a circle", () => {
  const resource = {
    aws_x: { a: { depends_on: ["aws_x.b"] }, b: { v: "${local.c}" } },
  };
  const json = { provider: {}, terraform: {}, resource, locals: { c: "${aws_x.a.id}" } };
  expect(() => prerequisites(json, "aws_x.a")).toThrow(
    "aws_x.a waits for aws_x.b waits for local.c waits for aws_x.a",
  );
});

describe("rules", () => {
  const CHANGED: Partial<RuleSet>[] = [
    { allowed: [{ text: ".example.com", file: "rules/default/allowed-domains.txt", line: 1 }] },
    { denied: [{ text: "198.51.100.0/24", file: "rules/default/denied-domains.txt", line: 1 }] },
    { domainFilter: "report" },
  ];

  test.each(CHANGED)("%j changes their own texts, and nothing else", (changed) => {
    const before = synthFleet();
    const after = synthFleet(
      {},
      { kind: "local" },
      { sets: [{ ...ruleSet({}), ...changed }], always: [] },
    );
    expect(after.locals).not.toEqual(before.locals);
    expect({ ...after, locals: {} }).toEqual({ ...before, locals: {} });
  });

  test("another endpoint, too, of a VPC that the fleet did not make", () => {
    const consumers = [{ name: "abroad", endpointId: "vpce-0123456789abcdef0" }];
    const [before, after] = [synthFleet(), synthFleet({ consumers })];
    expect(String(after.locals!["rules_text_index_body"])).toContain(
      "endpoint vpce-0123456789abcdef0 abroad default\n",
    );
    const { aws_s3_object: objects, ...resource } = after.resource;
    const { aws_s3_object: formerObjects, ...formerResource } = before.resource;
    expect(resource).toEqual(formerResource);
    expect(Object.keys(objects!)).toEqual(Object.keys(formerObjects!));
  });

  test("always let the fleet's own clients reach Session Manager", () => {
    const { locals = {} } = synthFleet({ clients: [{ name: "lab" }, { name: "office" }] });
    const endpoints = String(locals["rules_text_index_body"]).match(/^endpoint .*/gm);
    expect(endpoints).toEqual([
      "endpoint ${aws_vpc_endpoint.client_lab_endpoint.id} lab default always",
      "endpoint ${aws_vpc_endpoint.client_office_endpoint.id} office default always",
    ]);
  });
});

test("the endpoints of consumers are accepted, where that is explicit, at an address of their name", () => {
  const settings = {
    consumers: [{ name: "part-ner", endpointId: "vpce-0123456789abcdef0", region: "us-west-2" }],
    endpointService: { acceptance: "explicit", regions: ["eu-west-1"] },
  };
  const { resource } = synthFleet(settings);
  expect(resource["aws_vpc_endpoint_connection_accepter"]!["consumer_part_ner"]).toMatchObject({
    vpc_endpoint_service_id: "${aws_vpc_endpoint_service.link.id}",
    vpc_endpoint_id: "vpce-0123456789abcdef0",
    count: '${(terraform.workspace == "us-west-2") ? 1 : 0}',
  });
  expect(resource["aws_vpc_endpoint_service"]!["link"]!["supported_regions"]).toEqual([
    "${terraform.workspace}",
    "eu-west-1",
  ]);
});

test("the reference check finds what is missing", () => {
  expect(referencesIn('${element(data.aws_x.a.names, 0)}-${aws_y.b[0].id}-${f("c.d")}')).toEqual([
    "data.aws_x.a",
    "aws_y.b",
  ]);
  const json = { provider: {}, terraform: {}, resource: { aws_y: { b: { v: "${aws_y.c.id}" } } } };
  expect(danglingReferences(json)).toEqual(["aws_y.c"]);
});

test("the names are those of the original requirement", () => {
  const json = synthFleet();
  const nameOf = (type: string) => only(json, type)["name"];
  expect({
    cluster: nameOf("aws_ecs_cluster"),
    service: nameOf("aws_ecs_service"),
    family: only(json, "aws_ecs_task_definition")["family"],
    loadBalancer: nameOf("aws_lb"),
    targetGroup: nameOf("aws_lb_target_group"),
    repository: nameOf("aws_ecr_repository"),
    policy: json.resource["aws_appautoscaling_policy"]!["scaling_policy"]!["name"],
    groups: Object.values(json.resource["aws_security_group"]!).map(({ name }) => name),
  }).toEqual({
    cluster: "proxy-cluster",
    service: "proxy-service",
    family: "proxy-web",
    loadBalancer: "proxy-nlb",
    targetGroup: "proxy-tg",
    repository: "proxy-squid",
    policy: "escalado-proxy",
    groups: expect.arrayContaining(["service-proxy-sg", "proxy-endpoint-sg", "client-sg"]),
  });
});

test("the user's tags join the fleet's own", () => {
  expect(synthFleet({ name: "web", tags: { CostCentre: "4711" } }).provider["aws"]).toEqual([
    expect.objectContaining({
      default_tags: [{ tags: { Project: "web", ManagedBy: "cdktf", CostCentre: "4711" } }],
    }),
  ]);
});

test("the service VPC has two zones with NAT, the client VPC one without", () => {
  const json = synthFleet();
  expect(Object.keys(json.resource["aws_nat_gateway"]!)).toEqual([
    "service_nat_1",
    "service_nat_2",
  ]);
  const subnets = json.resource["aws_subnet"]!;
  expect(
    Object.values(subnets)
      .map(({ cidr_block }) => cidr_block)
      .sort(),
  ).toEqual(["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24", "172.16.0.0/24"]);
});

test("a published image needs neither ECR nor the Docker provider", () => {
  const json = synthFleet({ image: { uri: PUBLISHED_URI } });
  expect(addresses(json).filter((address) => /ecr|docker/.test(address))).toEqual([]);
  expect(Object.keys(json.provider)).toEqual(["aws"]);
  expect(json.terraform["required_providers"]).not.toHaveProperty("docker");
  expect(json.output!["image"]!.value).toBe(PUBLISHED_URI);
});

test("a Learner Lab gets no IAM object, an ordinary account its own roles", () => {
  const iam = (account: string) =>
    addresses(synthFleet({ account })).filter((address) => address.startsWith("aws_iam"));
  expect(iam("learner-lab")).toEqual([]);
  expect(iam("standard")).toHaveLength(6);
});

test("each client has a VPC, an endpoint and security groups of its own", () => {
  const json = synthFleet({ clients: [{ name: "lab" }, { name: "office-2", azs: 2 }] });
  expect(Object.keys(json.resource["aws_vpc"]!)).toEqual([
    "client_lab_vpc",
    "client_office_2_vpc",
    "service",
  ]);
  expect(Object.keys(json.resource["aws_instance"]!)).toEqual([
    "client_lab_instance",
    "client_office_2_instance",
  ]);
  expect(Object.keys(json.output!)).toEqual(
    expect.arrayContaining(["lab_instance_id", "office_2_instance_id", "office_2_proxy_url"]),
  );
});

test("clients may be called as parts of the fleet and of other clients are", () => {
  const names = ["service", "nlb", "client", "vpc", "a", "a-endpoint", "a-instance", "a-vpc"];
  const json = synthFleet({ clients: names.map((name) => ({ name })) });
  expect(Object.keys(json.resource["aws_vpc"]!)).toHaveLength(names.length + 1);
  expect(Object.keys(json.resource["aws_instance"]!)).toHaveLength(names.length);
});

test("nothing but the proxy's egress faces the whole Internet", () => {
  const json = synthFleet({ loadBalancer: { ingressCidrs: ["10.9.0.0/16"] } });
  const open = (direction: string) =>
    Object.entries(json.resource[`aws_vpc_security_group_${direction}_rule`]!)
      .filter(([, rule]) => rule["cidr_ipv4"] === "0.0.0.0/0")
      .map(([name]) => name);
  expect(open("ingress")).toEqual([]);
  expect(open("egress")).toEqual(["proxy_sg_to_http", "proxy_sg_to_https"]);
});

test("every output is described", () => {
  const outputs = synthFleet({ dashboard: "on" }).output!;
  expect(Object.keys(outputs)).toEqual([
    "client_endpoint_dns_name",
    "client_endpoint_id",
    "client_instance_id",
    "client_proxy_url",
    "client_session_command",
    "dashboard_url",
    "endpoint_service_name",
    "image",
    "log_group",
    "nat_public_ips",
    "nlb_dns_name",
    "rules_bucket",
    "rules_version",
    "zone_ids",
  ]);
  expect(Object.values(outputs).every(({ description }) => description)).toBe(true);
  expect(outputs["client_session_command"]!.value).toBe(
    "aws ssm start-session --target ${aws_instance.client_client_instance.id} --region ${terraform.workspace}",
  );
});

test("a fleet without a dashboard has no link to it", () => {
  expect(Object.keys(synthFleet().output!)).not.toContain("dashboard_url");
});

describe("with a private DNS name", () => {
  let json: TerraformJson;
  beforeAll(() => {
    json = synthFleet({ account: "standard", endpointService: PRIVATE_DNS });
  });

  test("the service has it, and the zone proves it", () => {
    expect(only(json, "aws_vpc_endpoint_service")["private_dns_name"]).toBe("proxy.example.com");
    expect(json.data!["aws_route53_zone"]!["link_name_zone"]!["zone_id"]).toBe(
      PRIVATE_DNS.publicZoneId,
    );
  });

  test("clients know the proxy by it, and still by their private zone's name", () => {
    expect(json.output!["client_proxy_url"]!.value).toBe("http://proxy.example.com:3128");
    expect(only(json, "aws_instance")["user_data"]).toContain("proxy.example.com");
    expect(only(json, "aws_route53_zone")["name"]).toBe("proxy.internal");
  });

  test("clients' resolvers answer for both", () => {
    const lists = json.resource["aws_route53_resolver_firewall_domain_list"]!;
    expect(lists["client_client_dns_allow_names"]!["domains"]).toEqual(
      expect.arrayContaining(["proxy.example.com", "proxy.internal"]),
    );
  });

  test("an instance waits for it", () => {
    expect([...prerequisites(json, "aws_instance.client_client_instance")]).toEqual(
      expect.arrayContaining([
        "aws_vpc_endpoint_private_dns.client_client_endpoint_private_dns",
        "aws_vpc_endpoint_service_private_dns_verification.link_name_verification",
      ]),
    );
  });
});

describe("in a service VPC that is there", () => {
  let json: TerraformJson;
  beforeAll(() => {
    json = synthFleet({
      account: "standard",
      regions: ["us-east-1"],
      vpc: EXISTING_SERVICE_VPC,
      clients: [{ name: "lab", azs: 2 }],
    });
  });

  test("the proxies trust the load balancer in the networks that its subnets have", () => {
    expect(only(json, "aws_ecs_task_definition")["container_definitions"]).toContain(
      '{"name":"PROXY_PROTOCOL_CIDRS","value":"${data.aws_subnet.service_subnet_1.cidr_block},' +
        '${data.aws_subnet.service_subnet_2.cidr_block}"}',
    );
  });

  test("the rules can be read through its S3 endpoint alone", () => {
    expect(only(json, "aws_s3_bucket_policy")["policy"]).toContain(
      '{"StringEquals":{"aws:SourceVpce":"${data.aws_vpc_endpoint.service_s3.id}"}}',
    );
  });

  test("clients' new VPCs are in zones where the service is", () => {
    expect(json.data!["aws_availability_zones"]!["azs"]).toMatchObject({
      filter: [
        { name: "zone-type" },
        {
          name: "zone-id",
          values: [1, 2].map((i) => `\${data.aws_subnet.service_subnet_${i}.availability_zone_id}`),
        },
      ],
    });
    expect(Object.keys(json.resource["aws_vpc"]!)).toEqual(["client_lab_vpc"]);
  });

  test("no network that clients may reach is the VPC's own, as a plan sees", () => {
    const conditions = (privateCidrs: string[]) => {
      const settings = { regions: ["us-east-1"], vpc: EXISTING_SERVICE_VPC };
      const { data } = synthFleet({ ...settings, proxy: { privateCidrs } });
      return JSON.stringify(data!["aws_vpc"]!["service"]);
    };
    expect(conditions(["10.9.0.0/16"])).toContain("proxy.privateCidrs has 10.9.0.0/16");
    expect(conditions([])).not.toContain("privateCidrs");
  });

  test("there is no NAT gateway to watch, and no address to tell partners", () => {
    const { resource, output } = json;
    expect(JSON.stringify({ resource, output })).not.toMatch(/nat[-_]|NAT |NatGateway/i);
  });

  test("the dashboard counts what goes through the load balancer", () => {
    const body = String(only(json, "aws_cloudwatch_dashboard")["dashboard_body"]);
    expect(body).toContain('"expression":"(clients1 * 0.026) / 1073741824"');
  });
});

test("Terraform is new enough for lock objects and ephemeral resources", () => {
  expect(synthFleet().terraform["required_version"]).toBe(">= 1.10.0");
});
