import { readdirSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { loadConfiguration } from "../../../src/configuration/configuration";
import { evaluate } from "../../../src/tools/gate/evaluate";
import { RULE_NAMES, type RuleName } from "../../../src/configuration/gate-rule-names";
import { RULES } from "../../../src/tools/gate/rules";
import type {
  StackJson,
  TerraformBlock,
  TerraformJson,
} from "../../../src/tools/gate/terraform-json";
import { parseSettings } from "../../../src/configuration/settings";
import { CHECKOUT } from "../../helpers/checkout";
import { FLEETS, synthFleet } from "../../helpers/fleet";

const ORDINARY = { account: "standard" } as const;

const OPEN = "${aws_s3_bucket.open.id}";
const TLS_ONLY = {
  Statement: [
    {
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:*"],
      Resource: ["${aws_s3_bucket.open.arn}", "${aws_s3_bucket.open.arn}/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
};

/** What the example of each rule looks like once it is mended. */
const MENDED: Record<RuleName, StackJson> = {
  readable: {
    resource: {
      aws_vpc_security_group_ingress_rule: { open: { cidr_ipv4: "${aws_vpc.client.cidr_block}" } },
    },
  },
  "no-open-ingress": {
    resource: {
      aws_vpc_security_group_ingress_rule: {
        open: { cidr_ipv4: "10.9.0.0/16", ip_protocol: "tcp", from_port: 3128, to_port: 3128 },
      },
    },
  },
  "nothing-public": {
    resource: { aws_lb: { open: { internal: true, load_balancer_type: "network" } } },
  },
  "buckets-closed": {
    resource: {
      aws_s3_bucket: { open: { bucket_prefix: "open-" } },
      aws_s3_bucket_policy: { open: { bucket: OPEN, policy: JSON.stringify(TLS_ONLY) } },
      aws_s3_bucket_public_access_block: {
        open: {
          bucket: OPEN,
          block_public_acls: true,
          block_public_policy: true,
          ignore_public_acls: true,
          restrict_public_buckets: true,
        },
      },
      aws_s3_bucket_server_side_encryption_configuration: {
        open: {
          bucket: OPEN,
          rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
        },
      },
      aws_s3_bucket_versioning: {
        open: { bucket: OPEN, versioning_configuration: { status: "Enabled" } },
      },
    },
  },
  "dns-closed": {
    resource: {
      aws_route53_resolver_firewall_config: {
        open: { resource_id: "vpc-0123", firewall_fail_open: "DISABLED" },
      },
      aws_route53_resolver_firewall_domain_list: { open: { domains: ["*"] } },
      aws_route53_resolver_firewall_rule: {
        open: {
          firewall_rule_group_id: "${aws_route53_resolver_firewall_rule_group.open.id}",
          firewall_domain_list_id: "${aws_route53_resolver_firewall_domain_list.open.id}",
          action: "BLOCK",
          priority: 1,
        },
      },
      aws_route53_resolver_firewall_rule_group_association: {
        open: {
          vpc_id: "vpc-0123",
          firewall_rule_group_id: "${aws_route53_resolver_firewall_rule_group.open.id}",
        },
      },
    },
  },
  encrypted: { resource: { aws_instance: { open: { root_block_device: { encrypted: true } } } } },
  imdsv2: {
    resource: { aws_instance: { open: { metadata_options: { http_tokens: "required" } } } },
  },
  "no-wildcard-iam": {
    resource: {
      aws_iam_role_policy: {
        open: {
          policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "logs:PutLogEvents", Resource: "*" }],
          }),
        },
      },
    },
  },
  "logs-retained": {
    resource: { aws_cloudwatch_log_group: { open: { name: "/ecs/open", retention_in_days: 7 } } },
  },
  "images-immutable": {
    resource: {
      aws_ecr_repository: {
        open: {
          image_tag_mutability: "IMMUTABLE",
          image_scanning_configuration: { scan_on_push: true },
        },
      },
    },
  },
  "deletion-guarded": {
    resource: { aws_eip: { open: { domain: "vpc", lifecycle: { prevent_destroy: true } } } },
  },
  tagged: {
    provider: { aws: [{ default_tags: [{ tags: { Project: "open", ManagedBy: "cdktf" } }] }] },
    resource: { aws_vpc: { open: { cidr_block: "10.0.0.0/16", tags: { Name: "open" } } } },
  },
  "name-limits": { resource: { aws_lb: { open: { name: "a-load-balancer-of-short-name" } } } },
};

function parsed(input: unknown) {
  const result = parseSettings(input);
  if ("mistakes" in result) throw new Error(result.mistakes.join("\n"));
  return result.settings;
}

/** What the gate finds, as `rule address`. */
function found(json: StackJson, input: unknown = {}): string[] {
  const { account, policy } = parsed(input);
  const { violations } = evaluate(json, { account, waivers: policy.waivers });
  return violations.map(({ rule, address }) => `${rule.name} ${address}`);
}

test("the list of names, the rules and the files are the same", () => {
  expect(RULES.map(({ name }) => name)).toEqual(RULE_NAMES);
  const files = readdirSync(path.join(CHECKOUT, "src/tools/gate/rules"));
  expect(files.sort()).toEqual(RULE_NAMES.map((name) => `${name}.ts`).sort());
});

describe.each(RULES.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
  test("gives a reason in whole sentences", () => {
    expect(rule.reason).toMatch(/^[A-Z].{40,}\.$/);
  });

  test("is broken by its example, at the one address", () => {
    const [violation, ...others] = rule.check(rule.violatedBy, ORDINARY);
    const types = Object.keys(rule.violatedBy.resource!);
    expect([violation!.address]).toEqual(types.map((type) => `${type}.open`));
    expect(others.every(({ address }) => address === violation!.address)).toBe(true);
  });

  test("is kept by the example once it is mended", () => {
    expect(rule.check(MENDED[name], ORDINARY)).toEqual([]);
  });

  test("finds nothing where there is nothing", () => {
    expect(rule.check({}, ORDINARY)).toEqual([]);
  });
});

test.each(Object.entries(FLEETS))("the fleet with %s breaks no rule", (_, settings) => {
  expect(found(synthFleet(settings), settings)).toEqual([]);
});

test("the longest names that the settings allow are short enough in every region", () => {
  const settings = { ...ORDINARY, name: "a".repeat(28), clients: [{ name: "b".repeat(28) }] };
  expect(found(synthFleet(settings), settings)).toEqual([]);
});

test("with an acceptance of each endpoint, every account may ask for one", () => {
  const settings = { endpointService: { allowedPrincipals: ["*"], acceptance: "explicit" } };
  expect(found(synthFleet(settings), settings)).toEqual([]);
});

test("the fleet of this checkout's settings passes, its waivers included", () => {
  const { settings } = loadConfiguration(CHECKOUT, {});
  const { context } = jest.requireActual<{ context: Record<string, unknown> }>(
    path.join(CHECKOUT, "cdktf.json"),
  );
  const { violations, stale } = evaluate(synthFleet(context["proxy-fleet"]), {
    account: settings.account,
    waivers: settings.policy.waivers,
  });
  const lines = violations.map(
    ({ rule, address, message }) => `${rule.name} ${address} ${message}`,
  );
  expect({ violations: lines, stale }).toEqual({ violations: [], stale: [] });
});

describe("what is broken in the fleet is found, where it is", () => {
  const settings = { ...ORDINARY, loadBalancer: { ingressCidrs: ["10.9.0.0/16"] } };
  let text: string;
  beforeAll(() => {
    text = JSON.stringify(synthFleet(settings));
  });

  const change = (part: object, values: TerraformBlock) => Object.assign(part, values);
  const containers = (part: TerraformBlock, values: TerraformBlock) => {
    const [container] = JSON.parse(String(part["container_definitions"]));
    part["container_definitions"] = JSON.stringify([{ ...container, ...values }]);
  };
  const policy = (part: TerraformBlock, from: string, to: string) => {
    const changed = String(part["policy"]).replace(from, to);
    expect(changed).not.toBe(part["policy"]);
    part["policy"] = changed;
  };

  test.each<[RuleName, string, string, (part: TerraformBlock) => void]>([
    [
      "readable",
      "a listener's network is computed",
      "aws_vpc_security_group_ingress_rule.nlb_sg_from_10_9_0_0_16",
      (part) => change(part, { cidr_ipv4: '${join("/", ["0.0.0.0", "0"])}' }),
    ],
    [
      "readable",
      "a policy's action is computed",
      "aws_iam_role_policy.identity_execution_policy",
      (part) => policy(part, "logs:PutLogEvents", "${terraform_data.a.output}"),
    ],
    [
      "no-open-ingress",
      "a listener's network is everybody's",
      "aws_vpc_security_group_ingress_rule.nlb_sg_from_10_9_0_0_16",
      (part) => change(part, { cidr_ipv4: "0.0.0.0/0" }),
    ],
    [
      "no-open-ingress",
      "a group has a rule of its own",
      "aws_security_group.proxy_sg",
      (part) => change(part, { ingress: [{ cidr_blocks: ["0.0.0.0/0"] }] }),
    ],
    [
      "nothing-public",
      "the load balancer faces the Internet",
      "aws_lb.nlb",
      (part) => delete part["internal"],
    ],
    [
      "nothing-public",
      "tasks get public addresses",
      "aws_ecs_service.proxy_service",
      (part) => change(part["network_configuration"] as object, { assign_public_ip: true }),
    ],
    [
      "nothing-public",
      "a subnet gives them",
      "aws_subnet.service_public_1",
      (part) => change(part, { map_public_ip_on_launch: true }),
    ],
    [
      "nothing-public",
      "the client has one",
      "aws_instance.client_client_instance",
      (part) => change(part, { associate_public_ip_address: "true" }),
    ],
    [
      "nothing-public",
      "every account may connect",
      "aws_vpc_endpoint_service.link",
      (part) => change(part, { allowed_principals: ["*"] }),
    ],
    [
      "buckets-closed",
      "whoever has an account reads it",
      "aws_s3_bucket_policy.rules_policy",
      (part) => policy(part, '"aws:SourceVpce"', '"aws:PrincipalOrgID"'),
    ],
    [
      "buckets-closed",
      "the endpoint lets clients write",
      "aws_s3_bucket_policy.rules_policy",
      (part) => policy(part, "s3:GetObject", "s3:PutObject"),
    ],
    [
      "encrypted",
      "a task's disk is not",
      "aws_ecs_service.proxy_service",
      (part) => change(part, { volume_configuration: [{ managed_ebs_volume: [{}] }] }),
    ],
    [
      "encrypted",
      "a disk is not",
      "aws_instance.client_client_instance",
      (part) => change(part["root_block_device"] as object, { encrypted: false }),
    ],
    [
      "encrypted",
      "the repository does not say",
      "aws_ecr_repository.squid",
      (part) => delete part["encryption_configuration"],
    ],
    [
      "imdsv2",
      "tokens are optional",
      "aws_instance.client_client_instance",
      (part) => change(part["metadata_options"] as object, { http_tokens: "optional" }),
    ],
    [
      "no-wildcard-iam",
      "an action is a wildcard",
      "aws_iam_role_policy.identity_execution_policy",
      (part) => policy(part, "logs:PutLogEvents", "logs:Put*"),
    ],
    [
      "no-wildcard-iam",
      "a role has AWS's policy for administrators",
      "aws_iam_role_policy_attachment.identity_client_ssm",
      (part) => change(part, { policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
    ],
    [
      "no-wildcard-iam",
      "anyone may take a role on",
      "aws_iam_role.identity_task",
      (part) =>
        change(part, {
          assume_role_policy: String(part["assume_role_policy"]).replace(
            '{"Service":"ecs-tasks.amazonaws.com"}',
            '{"AWS":"*"}',
          ),
        }),
    ],
    [
      "logs-retained",
      "a log group has no retention",
      "aws_cloudwatch_log_group.logs",
      (part) => delete part["retention_in_days"],
    ],
    [
      "logs-retained",
      "a container has no log",
      "aws_ecs_task_definition.proxy_task",
      (part) => containers(part, { logConfiguration: undefined }),
    ],
    [
      "images-immutable",
      "tags can be moved",
      "aws_ecr_repository.squid",
      (part) => change(part, { image_tag_mutability: "MUTABLE" }),
    ],
    [
      "images-immutable",
      "a container has the latest image",
      "aws_ecs_task_definition.proxy_task",
      (part) => containers(part, { image: "${aws_ecr_repository.squid.repository_url}:latest" }),
    ],
    [
      "deletion-guarded",
      "AWS would delete the load balancer",
      "aws_lb.nlb",
      (part) => change(part, { enable_deletion_protection: false }),
    ],
    [
      "deletion-guarded",
      "Terraform would delete an address",
      "aws_eip.service_nat_2_address",
      (part) => delete part["lifecycle"],
    ],
    [
      "deletion-guarded",
      "the repository goes with its images",
      "aws_ecr_repository.squid",
      (part) => change(part, { force_delete: true }),
    ],
    ["tagged", "a VPC has no name", "aws_vpc.client_client_vpc", (part) => delete part["tags"]],
    [
      "tagged",
      "tasks are not tagged",
      "aws_ecs_service.proxy_service",
      (part) => delete part["propagate_tags"],
    ],
    [
      "name-limits",
      "a role's name is too long, with the region's in it",
      "aws_iam_role.identity_task",
      (part) => change(part, { name: `${"a".repeat(51)}\${terraform.workspace}` }),
    ],
  ])("%s: %s", (rule, _, address, mutate) => {
    const json = JSON.parse(text) as TerraformJson;
    const [type, name] = address.split(".");
    mutate(json.resource[type!]![name!]!);
    expect(found(json, settings)).toEqual([`${rule} ${address}`]);
  });

  test.each<[string, string, (part: TerraformBlock) => void]>([
    [
      "a switch of Block Public Access is off",
      "aws_s3_bucket_public_access_block.rules_public_access",
      (part) => change(part, { restrict_public_buckets: false }),
    ],
    [
      "it keeps no versions",
      "aws_s3_bucket_versioning.rules_versioning",
      (part) => change(part, { versioning_configuration: { status: "Suspended" } }),
    ],
    [
      "it may be encrypted or not",
      "aws_s3_bucket_server_side_encryption_configuration.rules_encryption",
      (part) => delete part["rule"],
    ],
    [
      "it takes what comes without TLS",
      "aws_s3_bucket_policy.rules_policy",
      (part) => policy(part, "aws:SecureTransport", "aws:ViaAWSService"),
    ],
  ])("buckets-closed: of a bucket, %s", (_, address, mutate) => {
    const json = JSON.parse(text) as TerraformJson;
    const [type, name] = address.split(".");
    mutate(json.resource[type!]![name!]!);
    expect(found(json, settings)).toEqual(["buckets-closed aws_s3_bucket.rules"]);
  });

  test("nothing-public: an address is no NAT gateway's", () => {
    const json = JSON.parse(text) as TerraformJson;
    delete json.resource["aws_nat_gateway"]!["service_nat_1"];
    expect(found(json, settings)).toEqual(["nothing-public aws_eip.service_nat_1_address"]);
  });

  test("nothing-public: a private subnet's routes lead to the internet gateway", () => {
    const json = JSON.parse(text) as TerraformJson;
    const route = Object.values(json.resource["aws_route"]!).find((block) =>
      String(block["route_table_id"]).includes(".service_private_1_routes."),
    )!;
    delete route["nat_gateway_id"];
    change(route, { gateway_id: "${aws_internet_gateway.service_internet.id}" });
    expect(found(json, settings)).toEqual([
      "nothing-public aws_ecs_service.proxy_service",
      "nothing-public aws_lb.nlb",
    ]);
  });

  test("tagged: the provider tags nothing", () => {
    const json = JSON.parse(text) as TerraformJson;
    const without = { ...json, provider: { aws: [{ region: "us-east-1" }] } };
    expect(found(without, settings)).toEqual(["tagged provider.aws", "tagged provider.aws"]);
  });
});

test("no rule stumbles, whatever stands where something else belongs", () => {
  const text = JSON.stringify(synthFleet(ORDINARY));
  const paths: (string | number)[][] = [];
  const collect = (value: unknown, here: (string | number)[]) => {
    if (here.length > 0) paths.push(here);
    if (typeof value !== "object" || value === null) return;
    for (const [key, item] of Object.entries(value)) collect(item, [...here, key]);
  };
  collect(JSON.parse(text), []);
  const odd = fc.oneof(
    fc.constantFrom<unknown>("${local.anything}", null, [], {}, [[null]], [{ a: [1] }], 7, true),
    fc.constantFrom<unknown>(
      "{",
      '{"Statement": "${x}"}',
      '{"Statement":[[{"Action":{}}]]}',
      "[7]",
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.constantFrom(...paths), odd, (target, value) => {
      const json = JSON.parse(text);
      const parent = target.slice(0, -1).reduce((part, key) => part[key], json);
      parent[target.at(-1)!] = value;
      evaluate(json as StackJson, { ...ORDINARY, waivers: [] });
    }),
    { numRuns: 500 },
  );
});
