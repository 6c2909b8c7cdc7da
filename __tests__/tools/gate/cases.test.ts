import type { PolicyContext } from "../../../src/tools/gate/rule";
import type { RuleName } from "../../../src/configuration/gate-rule-names";
import { RULES } from "../../../src/tools/gate/rules";
import type { StackJson, TerraformBlock } from "../../../src/tools/gate/terraform-json";
import { PERMISSIONS } from "../../../src/tools/terraform/type-permissions";
import { takesArgument } from "../../helpers/bindings";

/** What a rule says of a stack with the resources, by their type and arguments. */
function messages(
  name: RuleName,
  resources: Record<string, TerraformBlock>,
  context: PolicyContext = { account: "standard" },
): string[] {
  const resource = Object.fromEntries(
    Object.entries(resources).map(([type, block]) => [type, { a: block }]),
  );
  return said(name, { resource }, context);
}

function said(name: RuleName, stack: StackJson, context: PolicyContext = { account: "standard" }) {
  const rule = RULES.find((other) => other.name === name)!;
  return rule.check(stack, context).map(({ message }) => message);
}

const statement = (parts: object) =>
  JSON.stringify({ Statement: { Effect: "Allow", Resource: "*", ...parts } });

describe("no-open-ingress", () => {
  const ingress = (block: TerraformBlock) =>
    messages("no-open-ingress", { aws_vpc_security_group_ingress_rule: block });

  test.each([
    ["cidr_ipv4", "0.0.0.0/0"],
    ["cidr_ipv4", "0.0.0.0/1"],
    ["cidr_ipv4", "128.0.0.0/1"],
    ["cidr_ipv4", "8.0.0.0/8"],
    ["cidr_ipv4", "52.0.0.0/15"],
    ["cidr_ipv4", "10.0.0.0/7"],
    ["cidr_ipv6", "::/0"],
    ["cidr_ipv6", "8000::/1"],
    ["cidr_ipv6", "2000::/3"],
  ])("%s %s is open", (name, cidr) => {
    expect(ingress({ [name]: cidr })).toEqual([`${name} admits ${cidr}`]);
  });

  test.each([
    ["cidr_ipv4", "10.0.0.0/8"],
    ["cidr_ipv4", "100.64.0.0/10"],
    ["cidr_ipv4", "130.92.0.0/16"],
    ["cidr_ipv4", "203.0.113.7/32"],
    ["cidr_ipv6", "fd00::/8"],
    ["cidr_ipv6", "2001:db8::/32"],
    ["cidr_ipv4", "${aws_vpc.service.cidr_block}"],
    ["cidr_ipv4", "999.0.0.0/0"],
    ["referenced_security_group_id", "${aws_security_group.a.id}"],
  ])("%s %s is not", (name, cidr) => {
    expect(ingress({ [name]: cidr })).toEqual([]);
  });

  test("a network inside an expression is seen", () => {
    const cidr = '${terraform.workspace == "us-east-1" ? "10.0.0.0/16" : "0.0.0.0/0"}';
    expect(ingress({ cidr_ipv4: cidr })).toEqual(["cidr_ipv4 admits 0.0.0.0/0"]);
  });

  test("rules inside groups are seen, as a list or an object", () => {
    const open = { cidr_blocks: ["10.0.0.0/8", "0.0.0.0/0"], ipv6_cidr_blocks: ["::/0"] };
    const found = ["cidr_blocks admits 0.0.0.0/0", "ipv6_cidr_blocks admits ::/0"];
    for (const ingress of [[open], open]) {
      expect(messages("no-open-ingress", { aws_security_group: { ingress } })).toEqual(found);
    }
    expect(messages("no-open-ingress", { aws_security_group: { egress: [open] } })).toEqual([]);
  });

  test("the default group has no rules at all", () => {
    const rule = { self: true, protocol: "-1", from_port: 0, to_port: 0 };
    const found = (block: object) =>
      messages("no-open-ingress", { aws_default_security_group: { ...block } });
    expect(found({ ingress: [rule] })).toHaveLength(1);
    expect(found({ egress: rule })).toHaveLength(1);
    expect(found({ tags: { Name: "default" } })).toEqual([]);
  });
});

describe("nothing-public", () => {
  test.each<[string, TerraformBlock, number]>([
    ["aws_lb", {}, 1],
    ["aws_lb", { internal: "${var.internal}" }, 1],
    ["aws_lb", { internal: "true" }, 0],
    ["aws_ecs_service", { network_configuration: [{ assign_public_ip: true }] }, 1],
    ["aws_ecs_service", { network_configuration: { assign_public_ip: false } }, 0],
    ["aws_instance", { associate_public_ip_address: "true" }, 1],
    ["aws_instance", { associate_public_ip_address: "false" }, 0],
    ["aws_subnet", { map_public_ip_on_launch: "${var.public}" }, 1],
    ["aws_vpc_endpoint_service", { allowed_principals: ["arn:aws:iam::123456789012:root"] }, 0],
    ["aws_vpc_endpoint_service", { allowed_principals: ["*"] }, 1],
    ["aws_vpc_endpoint_service", { allowed_principals: ["*"], acceptance_required: false }, 1],
    ["aws_vpc_endpoint_service", { allowed_principals: ["*"], acceptance_required: true }, 0],
  ])("%s %j", (type, block, count) => {
    expect(messages("nothing-public", { [type]: block })).toHaveLength(count);
  });

  test("an address is a NAT gateway's, its second ones too", () => {
    const found = (gateway: TerraformBlock) =>
      messages("nothing-public", { aws_eip: {}, aws_nat_gateway: gateway });
    expect(found({ allocation_id: "${aws_eip.a.id}" })).toEqual([]);
    expect(found({ secondary_allocation_ids: ["${aws_eip.a.allocation_id}"] })).toEqual([]);
    expect(found({ allocation_id: "${aws_eip.ab.id}" })).toHaveLength(1);
    expect(found({ subnet_id: "${aws_eip.a.id}" })).toHaveLength(1);
  });
});

describe("nothing-public: a subnet with a route to the Internet has nothing but NAT gateways", () => {
  const subnet_id = "${aws_subnet.a.id}";
  const association = { subnet_id, route_table_id: "${aws_route_table.a.id}" };
  const route = { route_table_id: "${aws_route_table.a.id}" };
  const found = (parts: Record<string, TerraformBlock>) =>
    messages("nothing-public", { aws_route_table_association: association, ...parts });

  test.each([["${aws_internet_gateway.a.id}"], ["igw-0123"]])("by way of %s", (gateway_id) => {
    const message =
      "is in aws_subnet.a, which has a route to the Internet; only NAT gateways may be";
    const instance = { aws_instance: { subnet_id } };
    expect(found({ ...instance, aws_route: { ...route, gateway_id } })).toEqual([message]);
    expect(found({ ...instance, aws_route_table: { route: [{ gateway_id }] } })).toEqual([message]);
    const task = { network_configuration: { subnets: [subnet_id] } };
    expect(found({ aws_ecs_service: task, aws_route: { ...route, gateway_id } })).toHaveLength(1);
    const gateway = { aws_nat_gateway: { subnet_id } };
    expect(found({ ...gateway, aws_route: { ...route, gateway_id } })).toEqual([]);
  });

  test("another gateway, table or subnet is none", () => {
    const gateway_id = "${aws_internet_gateway.a.id}";
    const instance = { aws_instance: { subnet_id } };
    const nat = { ...route, nat_gateway_id: "${aws_nat_gateway.a.id}" };
    expect(found({ ...instance, aws_route: nat })).toEqual([]);
    const other = { route_table_id: "${aws_route_table.b.id}", gateway_id };
    expect(found({ ...instance, aws_route: other })).toEqual([]);
    expect(
      found({
        aws_instance: { subnet_id: "${aws_subnet.b.id}" },
        aws_route: { ...route, gateway_id },
      }),
    ).toEqual([]);
  });
});

describe("dns-closed", () => {
  const ids = {
    firewall_rule_group_id: "${aws_route53_resolver_firewall_rule_group.a.id}",
    list: (name: string) => `\${aws_route53_resolver_firewall_domain_list.${name}.id}`,
  };
  const rule = (list: string, parts: object) => ({
    firewall_rule_group_id: ids.firewall_rule_group_id,
    firewall_domain_list_id: ids.list(list),
    ...parts,
  });
  const ALLOW = rule("some", { action: "ALLOW", priority: 100 });
  const BLOCK = rule("all", { action: "BLOCK", priority: 200 });
  const NOT_LAST = "the last rule of its group does not block *, which is every name";

  /** What the rule says of a firewall; the parts replace those of one as it should be. */
  const found = ({
    rules = { allow: ALLOW, block: BLOCK } as object,
    some = ["proxy.internal", "*.example.com"],
    config = { resource_id: "vpc-1", firewall_fail_open: "DISABLED" } as object,
  }) =>
    said("dns-closed", {
      resource: {
        aws_route53_resolver_firewall_config: { a: { ...config } },
        aws_route53_resolver_firewall_domain_list: {
          some: { domains: some },
          all: { domains: ["*"] },
        },
        aws_route53_resolver_firewall_rule: { ...rules },
        aws_route53_resolver_firewall_rule_group_association: {
          a: { vpc_id: "vpc-1", firewall_rule_group_id: ids.firewall_rule_group_id },
        },
      },
    });

  test("a firewall as it should be", () => {
    expect(found({})).toEqual([]);
  });

  test.each([
    ["there is none", {}],
    ["it comes first", { allow: ALLOW, block: { ...BLOCK, priority: 99 } }],
    ["it comes first, as text", { allow: { ...ALLOW, priority: "1000" }, block: BLOCK }],
    ["it alerts", { allow: ALLOW, block: rule("some", { action: "ALERT", priority: 200 }) }],
    ["it blocks some", { allow: ALLOW, block: rule("some", { action: "BLOCK", priority: 200 }) }],
    ["it blocks one type", { allow: ALLOW, block: { ...BLOCK, q_type: "TXT" } }],
    [
      "it is another group's",
      {
        block: {
          ...BLOCK,
          firewall_rule_group_id: "${aws_route53_resolver_firewall_rule_group.b.id}",
        },
      },
    ],
  ])("the last rule blocks every name; here %s", (_, rules) => {
    expect(found({ rules })).toEqual([NOT_LAST]);
  });

  test.each(["*", "*.com", "*example.com", "*.co.uk"])("%s is not let pass", (name) => {
    expect(found({ some: ["a.example.com", name] })).toEqual([
      `lets pass ${name}, and so names of anybody's`,
    ]);
  });

  test("a list from elsewhere is not let pass", () => {
    const rules = { allow: { ...ALLOW, firewall_domain_list_id: "rslvr-fdl-1" }, block: BLOCK };
    expect(found({ rules })).toEqual(["lets pass a list of names that is not in the stack"]);
  });

  test("where it fails, it is closed", () => {
    expect(found({ config: { resource_id: "vpc-1", firewall_fail_open: "ENABLED" } })).toEqual([
      'firewall_fail_open is "ENABLED", and must be DISABLED',
    ]);
    expect(found({ config: { resource_id: "vpc-1" } })).toHaveLength(1);
    expect(found({ config: { resource_id: "vpc-2", firewall_fail_open: "DISABLED" } })).toEqual([
      "no aws_route53_resolver_firewall_config says that vpc-1 is closed when its firewall fails",
    ]);
  });
});

describe("buckets-closed", () => {
  const BUCKET = "aws_s3_bucket";
  const found = (parts: object) => {
    const policy = JSON.stringify({ Statement: { Action: "s3:GetObject", ...parts } });
    return messages("buckets-closed", { aws_s3_bucket_policy: { bucket: "a", policy } });
  };
  const through = (condition: object) => ({
    Effect: "Allow",
    Principal: "*",
    Condition: condition,
  });
  const ENDPOINT = { "aws:SourceVpce": "${aws_vpc_endpoint.a.id}" };
  const WITHOUT = ["policy permits it without StringEquals on aws:SourceVpce"];

  test.each<[string, object, string[]]>([
    ["through an endpoint", { StringEquals: ENDPOINT }, []],
    ["through any endpoint", { StringLike: { "aws:SourceVpce": "*" } }, WITHOUT],
    ["through an endpoint, or without one", { StringEqualsIfExists: ENDPOINT }, WITHOUT],
    ["through all but an endpoint", { StringNotEquals: ENDPOINT }, WITHOUT],
    ["through none", { StringEquals: { "aws:SourceVpce": [] } }, WITHOUT],
    ["from an address", { IpAddress: { "aws:SourceIp": "198.51.100.7" } }, WITHOUT],
  ])("reads %s", (_, condition, said) => {
    expect(found(through(condition))).toEqual(said);
  });

  test("nothing but reading is permitted, by a policy inside the bucket neither", () => {
    const statement = { ...through({ StringEquals: ENDPOINT }), Action: ["s3:GetObject", "s3:*"] };
    const said = ["policy permits s3:GetObject, s3:*, and not s3:GetObject alone"];
    expect(found(statement)).toEqual(said);
    const policy = JSON.stringify({ Statement: [statement] });
    expect(messages("buckets-closed", { [BUCKET]: { policy } })).toEqual(
      expect.arrayContaining(said),
    );
  });

  test("another bucket's parts do not count", () => {
    const resource = {
      [BUCKET]: { a: {}, b: {} },
      aws_s3_bucket_versioning: {
        a: { bucket: "${aws_s3_bucket.a.id}", versioning_configuration: [{ status: "Enabled" }] },
      },
    };
    const versioning = said("buckets-closed", { resource }).filter((text) =>
      /versioning/.test(text),
    );
    expect(versioning).toEqual(["has no aws_s3_bucket_versioning that is Enabled"]);
  });

  test.each(["Resource", "Principal", "Condition", "Action"])(
    "a denial with another %s is none of all that is without TLS",
    (element) => {
      const arn = "${aws_s3_bucket.a.arn}";
      const denial = {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      };
      const ofPolicy = (statement: object) =>
        messages("buckets-closed", {
          [BUCKET]: {},
          aws_s3_bucket_policy: {
            bucket: "${aws_s3_bucket.a.id}",
            policy: JSON.stringify({ Statement: [statement] }),
          },
        }).filter((text) => /TLS/.test(text));
      expect(ofPolicy(denial)).toEqual([]);
      expect(ofPolicy({ ...denial, [element]: [`${arn}/a`] })).toHaveLength(1);
    },
  );
});

describe("encrypted", () => {
  const yes = { encrypted: true };
  test.each<[string, TerraformBlock, number]>([
    ["aws_instance", {}, 1],
    ["aws_instance", { root_block_device: [yes] }, 0],
    ["aws_instance", { root_block_device: yes, ebs_block_device: [yes, {}] }, 1],
    ["aws_instance", { root_block_device: { encrypted: "true" } }, 0],
    ["aws_ecr_repository", { encryption_configuration: { encryption_type: "KMS" } }, 0],
    ["aws_ecr_repository", { encryption_configuration: [{}] }, 1],
    ["aws_lb_listener", { protocol: "TCP" }, 0],
    ["aws_lb_listener", { protocol: "HTTP" }, 1],
    ["aws_lb_listener", { protocol: "http" }, 1],
    ["aws_ecs_service", { volume_configuration: { managed_ebs_volume: yes } }, 0],
    ["aws_ecs_service", { volume_configuration: [{ managed_ebs_volume: [{}] }] }, 1],
    [
      "aws_lb_listener",
      { protocol: "HTTP", default_action: [{ type: "redirect", redirect: { protocol: "HTTPS" } }] },
      0,
    ],
  ])("%s %j", (type, block, count) => {
    expect(messages("encrypted", { [type]: block })).toHaveLength(count);
  });
});

describe("imdsv2", () => {
  test.each<[TerraformBlock, string[]]>([
    [{}, ["http_tokens is not set"]],
    [{ metadata_options: [{ http_tokens: "required" }] }, []],
    [{ metadata_options: { http_endpoint: "disabled" } }, []],
    [{ metadata_options: { http_tokens: "optional" } }, ['http_tokens is "optional"']],
  ])("%j", (block, found) => {
    expect(messages("imdsv2", { aws_instance: block })).toEqual(found);
  });
});

describe("no-wildcard-iam", () => {
  test.each<[string, object, string[]]>([
    ["every action", { Action: "*" }, ["policy permits *"]],
    ["a service", { Action: ["s3:*"] }, ["policy permits s3:*"]],
    ["a family", { Action: ["s3:ListBucket", "s3:Get*"] }, ["policy permits s3:Get*"]],
    ["a letter", { Action: "s3:GetObject?" }, ["policy permits s3:GetObject?"]],
    ["all but", { NotAction: "iam:*" }, ["policy permits everything but its NotAction"]],
    [
      "everyone",
      { Action: "s3:GetObject", Principal: "*" },
      ["policy permits it to every principal"],
    ],
    ["all of AWS", { Principal: { AWS: ["*"] } }, ["policy permits it to every principal"]],
    ["all but one", { NotPrincipal: "x" }, ["policy permits everything but its NotPrincipal"]],
    ["a denial", { Effect: "Deny", Action: "*", Principal: "*" }, []],
    [
      "a condition",
      { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o" } } },
      [],
    ],
    [
      "a condition of nothing",
      { Principal: "*", Condition: {} },
      ["policy permits it to every principal"],
    ],
    [
      "a condition without a key",
      { Principal: "*", Condition: { StringEquals: {} } },
      ["policy permits it to every principal"],
    ],
    ["a service's role", { Action: "sts:AssumeRole", Principal: { Service: "ec2" } }, []],
    ["any resource", { Action: "ecr:GetAuthorizationToken", Resource: "*" }, []],
  ])("%s", (_, parts, found) => {
    for (const type of ["aws_iam_role_policy", "aws_vpc_endpoint"]) {
      expect(messages("no-wildcard-iam", { [type]: { policy: statement(parts) } })).toEqual(found);
    }
  });

  test("policies inside a role are seen", () => {
    const role = {
      assume_role_policy: statement({ Action: "sts:*" }),
      inline_policy: [{ name: "a", policy: statement({ Action: "s3:*" }) }],
      managed_policy_arns: ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"],
    };
    expect(messages("no-wildcard-iam", { aws_iam_role: role })).toEqual([
      "assume_role_policy permits sts:*",
      "policy permits s3:*",
    ]);
  });

  test.each([
    "AdministratorAccess",
    "AdministratorAccess-Amplify",
    "PowerUserAccess",
    "IAMFullAccess",
    "AmazonS3FullAccess",
    "AWSLambda_FullAccess",
    "AmazonEC2ContainerRegistryPowerUser",
  ])("AWS's %s is not attached, in any partition", (policy) => {
    const attach = (arn: string) =>
      messages("no-wildcard-iam", {
        aws_iam_role_policy_attachment: { policy_arn: `${arn}${policy}` },
      });
    expect(attach("arn:aws:iam::aws:policy/")).toEqual([`policy_arn attaches ${policy}`]);
    expect(attach("arn:aws-us-gov:iam::aws:policy/")).toHaveLength(1);
    expect(attach("arn:aws:iam::123456789012:policy/")).toEqual([]);
  });

  test.each(["SystemAdministrator", "DatabaseAdministrator", "NetworkAdministrator"])(
    "nor is its policy for a job, %s",
    (job) => {
      const policy_arn = `arn:aws:iam::aws:policy/job-function/${job}`;
      expect(
        messages("no-wildcard-iam", { aws_iam_role_policy_attachment: { policy_arn } }),
      ).toEqual([`policy_arn attaches ${job}`]);
    },
  );

  test("letters may be escaped; a script is no policy", () => {
    const policy = statement({ Action: "s3:*" }).replace("Statement", "\\u0053tatement");
    expect(policy).toContain("\\u0053");
    expect(messages("no-wildcard-iam", { aws_iam_role_policy: { policy } })).toEqual([
      "policy permits s3:*",
    ]);
    const script = "#!/bin/sh\necho The Statement: *";
    expect(messages("no-wildcard-iam", { aws_instance: { user_data: script } })).toEqual([]);
  });
});

describe("logs-retained", () => {
  const task = (logConfiguration: unknown) =>
    messages("logs-retained", {
      aws_cloudwatch_log_group: { name: "/ecs/a", retention_in_days: 7 },
      aws_ecs_task_definition: {
        container_definitions: JSON.stringify([{ name: "squid", logConfiguration }]),
      },
    });
  const awslogs = (options: object) => task({ logDriver: "awslogs", options });

  test("a log group keeps its log for days", () => {
    const group = (days: unknown) =>
      messages("logs-retained", { aws_cloudwatch_log_group: { retention_in_days: days } });
    expect(group(0)).toEqual(["retention_in_days is 0"]);
    expect(group("${var.days}")).toHaveLength(1);
    expect(group("30")).toEqual([]);
  });

  test("a container writes to a log group of the stack", () => {
    expect(awslogs({ "awslogs-group": "${aws_cloudwatch_log_group.a.name}" })).toEqual([]);
    expect(awslogs({ "awslogs-group": "/ecs/a" })).toEqual([]);
    expect(awslogs({ "awslogs-group": "/ecs/b" })).toEqual([
      'container squid logs to "/ecs/b", which is no log group of the stack',
    ]);
    expect(awslogs({ "awslogs-group": "${aws_cloudwatch_log_group.b.name}" })).toHaveLength(1);
    expect(awslogs({})).toHaveLength(1);
    expect(awslogs({ "awslogs-group": "/ecs/a", "awslogs-create-group": "true" })).toHaveLength(1);
    expect(task({ logDriver: "json-file" })).toHaveLength(1);
    expect(task(undefined)).toEqual(["container squid has no logConfiguration"]);
  });

  test("a definition that cannot be read is not taken on trust", () => {
    const container_definitions = "${jsonencode(var.containers)}";
    expect(
      messages("logs-retained", { aws_ecs_task_definition: { container_definitions } }),
    ).toEqual(["container_definitions cannot be read"]);
  });
});

describe("images-immutable", () => {
  test.each([
    ["registry.example/squid:1.2", true],
    ["registry.example:5000/squid:1.2", true],
    ["${aws_ecr_repository.squid.repository_url}:abc-amd64", true],
    [`registry.example/squid@sha256:${"a".repeat(64)}`, true],
    ["registry.example/squid:latest", false],
    ["registry.example:5000/squid", false],
    ["squid", false],
    ["squid:1.2", true],
    ["registry.example:5000", false],
    ["registry.example/squid:5000", true],
    ["${aws_ecr_repository.squid.repository_url}:5000", true],
    ["registry.example/squid:${terraform.workspace}", false],
    ["${aws_ecr_repository.squid.repository_url}", false],
    [undefined, false],
  ])("%s: %s", (image, isPinned) => {
    const container_definitions = JSON.stringify([{ name: "squid", image }]);
    const found = messages("images-immutable", {
      aws_ecs_task_definition: { container_definitions },
    });
    expect(found).toHaveLength(isPinned ? 0 : 1);
  });

  test("a repository is scanned, and takes no tag twice", () => {
    const scanned = { image_scanning_configuration: [{ scan_on_push: true }] };
    const found = (block: TerraformBlock) =>
      messages("images-immutable", { aws_ecr_repository: block });
    expect(found({ ...scanned, image_tag_mutability: "IMMUTABLE" })).toEqual([]);
    expect(found({ ...scanned, image_tag_mutability: "IMMUTABLE_WITH_EXCLUSION" })).toHaveLength(1);
    expect(found({})).toHaveLength(2);
  });
});

describe("deletion-guarded", () => {
  test("in a lab nothing must be guarded", () => {
    const unguarded = { aws_lb: {}, aws_eip: {} };
    expect(messages("deletion-guarded", unguarded, { account: "learner-lab" })).toEqual([]);
    expect(messages("deletion-guarded", unguarded)).toEqual([
      "prevent_destroy must be true in lifecycle",
      "enable_deletion_protection must be true",
      "prevent_destroy must be true in lifecycle",
    ]);
  });
});

describe("tagged", () => {
  const provider = { aws: [{ default_tags: { tags: { Project: "a", ManagedBy: "b" } } }] };
  const found = (type: string, block: TerraformBlock) =>
    said("tagged", { provider, resource: { [type]: { a: block } } });
  const NAMES = ["name", "alarm_name", "family", "bucket"];

  test.each<[string, TerraformBlock, string[]]>([
    ["aws_eip", { tags: {} }, ["has no tag Name"]],
    ["aws_eip", { tags: { Name: "a" } }, []],
    ["aws_ecs_task_definition", { family: "a" }, []],
    ["aws_route", {}, []],
    ["docker_image", {}, []],
    [
      "aws_ecs_service",
      { propagate_tags: "NONE" },
      ["propagate_tags must be SERVICE or TASK_DEFINITION"],
    ],
  ])("%s %j", (type, block, messages) => {
    expect(found(type, block)).toEqual(messages);
  });

  test.each(Object.keys(PERMISSIONS).filter((type) => type.startsWith("aws_")))(
    "%s has a tag Name, if it takes tags and no name",
    (type) => {
      const isNamedByTag =
        takesArgument(type, "tags") && !NAMES.some((name) => takesArgument(type, name));
      expect(found(type, { propagate_tags: "SERVICE" })).toEqual(
        isNamedByTag ? ["has no tag Name"] : [],
      );
    },
  );

  test("every provider tags, and there is one", () => {
    const resource = { aws_route: { a: {} } };
    expect(said("tagged", { resource })).toEqual(["is not there to tag anything"]);
    const second = { aws: [...provider.aws, { alias: "other" }] };
    expect(said("tagged", { provider: second, resource })).toEqual([
      "default_tags has no Project",
      "default_tags has no ManagedBy",
    ]);
  });
});

describe("name-limits", () => {
  test.each<[string, TerraformBlock, number]>([
    ["aws_lb", { name: "a".repeat(32) }, 0],
    ["aws_lb", { name: "a".repeat(33) }, 1],
    ["aws_lb", { name: "internal-a" }, 1],
    ["aws_lb_target_group", { name: "a-" }, 1],
    ["aws_security_group", { name: "sg-a", description: "it's" }, 2],
    ["aws_security_group", { name: "a", description: "Endpoint of the proxy" }, 0],
    ["aws_vpc_security_group_ingress_rule", { description: "ümlaut" }, 1],
    ["aws_ecr_repository", { name: "proxy-squid" }, 0],
    ["aws_ecr_repository", { name: "Proxy" }, 1],
    ["aws_ecs_cluster", { name: "a cluster" }, 1],
    ["aws_cloudwatch_metric_alarm", { alarm_name: "proxy/too-few-tasks" }, 0],
    ["aws_cloudwatch_metric_alarm", { alarm_name: "ümlaut" }, 1],
    ["aws_cloudwatch_metric_alarm", { alarm_description: "a".repeat(1025) }, 1],
    ["aws_cloudwatch_dashboard", { dashboard_name: "proxy_us-east-1" }, 0],
    ["aws_cloudwatch_dashboard", { dashboard_name: "proxy/us-east-1" }, 1],
    ["aws_cloudwatch_log_metric_filter", { pattern: "a".repeat(1025) }, 1],
    ["aws_sns_topic", { name: "proxy-alarms" }, 0],
    ["aws_sns_topic", { name: "proxy alarms" }, 1],
    ["aws_s3_bucket", { bucket_prefix: `${"a".repeat(36)}-` }, 0],
    ["aws_s3_bucket", { bucket_prefix: `${"a".repeat(37)}-` }, 1],
    ["aws_s3_bucket", { bucket: "sthree-a" }, 1],
    ["aws_iam_role", { name: `${"a".repeat(50)}\${terraform.workspace}` }, 0],
    ["aws_iam_role", { name: `${"a".repeat(51)}\${terraform.workspace}` }, 1],
    ["aws_iam_instance_profile", { name: "${aws_iam_role.a.name}" }, 0],
    ["aws_eip", { tags: { ["k".repeat(129)]: "v".repeat(257) } }, 2],
    ["aws_eip", { tags: { ["k".repeat(128)]: "v".repeat(256) } }, 0],
  ])("%s %j", (type, block, count) => {
    expect(messages("name-limits", { [type]: block })).toHaveLength(count);
  });
});
