import { evaluate } from "../../../src/tools/gate/evaluate";
import type { StackJson, TerraformBlock } from "../../../src/tools/gate/terraform-json";

/** What the gate says of the stack, as `rule address message`, but of tags. */
function said(stack: object): string[] {
  const { violations } = evaluate(stack as StackJson, { account: "learner-lab", waivers: [] });
  return violations
    .filter(({ rule }) => rule.name !== "tagged")
    .map(({ rule, address, message }) => `${rule.name} ${address} ${message}`);
}

function saidOf(type: string, block: TerraformBlock): string[] {
  return said({ resource: { [type]: { a: block } } });
}

const DOMAINS = "aws_route53_resolver_firewall_domain_list";
const INGRESS = "aws_vpc_security_group_ingress_rule";
const statement = (parts: object) =>
  JSON.stringify({ Statement: { Effect: "Allow", Resource: "*", ...parts } });

describe("what is computed is not passed, where a rule judges the value", () => {
  test.each<[string, string, string]>([
    [INGRESS, "cidr_ipv4", "${local.a}"],
    [INGRESS, "cidr_ipv4", "${var.a}"],
    [INGRESS, "cidr_ipv4", '${join("/",["0.0.0.0","0"])}'],
    [INGRESS, "cidr_ipv4", '${format("%s/0", "0.0.0.0")}'],
    [INGRESS, "cidr_ipv4", "${each.value}"],
    [INGRESS, "cidr_ipv4", '%{for a in ["0.0.0.0", "/0"]}${a}%{endfor}'],
    [INGRESS, "cidr_ipv4", "${aws_vpc.a.tags.open}"],
    [INGRESS, "cidr_ipv4", "${terraform_data.a.output}"],
    [INGRESS, "cidr_ipv4", "${data.aws_ssm_parameter.a.insecure_value}"],
    [INGRESS, "cidr_ipv4", "${aws_eip.a.public_ip}/0"],
    [INGRESS, "cidr_ipv6", "$$${local.a}"],
    [INGRESS, "prefix_list_id", "${local.a}"],
    [INGRESS, "prefix_list_id", "${aws_ec2_managed_prefix_list.a.id}"],
    ["aws_security_group", "ingress", '${[{cidr_blocks=["0.0.0.0/0"]}]}'],
    ["aws_instance", "ebs_block_device", "${[{device_name=1}]}"],
    ["aws_route_table", "route", "${[{gateway_id=aws_internet_gateway.a.id}]}"],
    ["aws_iam_role_policy", "policy", '${file("p.json")}'],
    ["aws_iam_role_policy", "policy", "${local.p}"],
    ["aws_iam_role_policy", "policy", "${data.aws_iam_policy_document.a.json}"],
    ["aws_iam_role_policy", "policy", '${jsonencode({"Statement" = [{"Action" = "*"}]})}'],
    ["aws_iam_role_policy", "policy", statement({ Action: "${local.a}" })],
    ["aws_iam_role_policy", "policy", statement({ Action: "${aws_vpc.a.arn}" })],
    ["aws_iam_role_policy", "policy", statement({ Effect: "%{if true}Allow%{endif}" })],
    ["aws_iam_role_policy", "policy", statement({ Resource: "${terraform_data.a.output}" })],
    ["aws_iam_role_policy", "policy", statement({ Principal: { AWS: "${local.a}" } })],
    ["aws_iam_role_policy", "policy", statement({ "${aws_vpc.a.id}": "s3:GetObject" })],
    ["aws_iam_role", "assume_role_policy", "${local.p}"],
    ["aws_iam_role", "inline_policy", '${[{policy="{}"}]}'],
    ["aws_iam_role_policy_attachment", "policy_arn", "${aws_iam_policy.admin.arn}"],
    ["aws_iam_role_policy_attachment", "policy_arn", "arn:aws:iam::aws:policy/${local.p}"],
    ["aws_vpc_endpoint_service", "allowed_principals", '${["*"]}'],
    ["aws_lb_listener", "protocol", "${local.a}"],
    [DOMAINS, "domains", "${local.a}"],
    [DOMAINS, "domains", '${["*"]}'],
    [DOMAINS, "domains", "*.${aws_vpc_endpoint.a.tags.open}"],
    [DOMAINS, "domains", '${replace(aws_vpc_endpoint.a.dns_entry[0].dns_name, "/.*/", "*")}'],
    ["aws_route53_resolver_firewall_config", "firewall_fail_open", "${local.a}"],
    ["aws_route53_resolver_firewall_rule", "action", "${local.a}"],
    ["aws_route53_resolver_firewall_rule", "priority", "${local.a}"],
  ])("%s: %s = %s", (type, name, value) => {
    const text = `readable ${type}.a ${name} is ${JSON.stringify(value)}, which no rule can read`;
    expect(saidOf(type, { [name]: value })).toContain(text);
  });
});

describe("a rule for each network of a VPC that is looked up", () => {
  const NETWORKS = "data.aws_vpc.a.cidr_block_associations[*].cidr_block";
  const rule = (for_each: string, cidr_ipv4: string) => saidOf(INGRESS, { for_each, cidr_ipv4 });

  test("passes", () => {
    expect(rule(`\${toset(${NETWORKS})}`, "${each.value}")).toEqual([]);
  });

  test.each([
    [`\${toset(concat(${NETWORKS}, ["0.0.0.0/0"]))}`, "${each.value}"],
    ["${toset(local.a)}", "${each.value}"],
    [`\${toset(${NETWORKS})}`, "${local.a}"],
  ])("but not %s with %s", (forEach, cidr) => {
    expect(rule(forEach, cidr)).not.toEqual([]);
  });
});

test.each<[string, string, string]>([
  [INGRESS, "cidr_ipv4", "${aws_vpc.a.cidr_block}"],
  [INGRESS, "cidr_ipv4", "${aws_subnet.a[0].cidr_block}"],
  [INGRESS, "prefix_list_id", "${aws_vpc_endpoint.a.prefix_list_id}"],
  [INGRESS, "description", "${terraform.workspace}"],
  ["aws_iam_role_policy", "policy", statement({ Resource: "${aws_cloudwatch_log_group.a.arn}:*" })],
  ["aws_iam_role_policy", "policy", statement({ Resource: ["${aws_ecr_repository.a[0].arn}"] })],
  ["aws_iam_role_policy", "policy", statement({ Principal: { AWS: "${aws_iam_role.a.arn}" } })],
  ["aws_iam_role_policy", "policy", statement({ Resource: "arn:aws:s3:::a/$${aws:username}" })],
  ["aws_vpc_endpoint_service", "allowed_principals", "${aws_iam_role.a.arn}"],
  ["aws_ecs_cluster", "count", "${local.a}"],
  [DOMAINS, "domains", "*.${terraform.workspace}.compute.internal"],
  [DOMAINS, "domains", "${aws_vpc_endpoint.a.dns_entry[0].dns_name}"],
  [DOMAINS, "domains", '${replace(aws_vpc_endpoint.a.dns_entry[0].dns_name, "/^[^.]+/", "*")}'],
])("what is judged elsewhere is passed: %s, %s = %s", (type, name, value) => {
  expect(saidOf(type, { [name]: value })).toEqual([]);
});

test.each(["for_each", "dynamic", "provisioner"])("%s is not looked through", (name) => {
  const text = `has ${name}, whose effect the rules cannot see`;
  expect(saidOf(INGRESS, { [name]: {} })).toEqual([`readable ${INGRESS}.a ${text}`]);
});

test("dynamic blocks inside blocks are found, too", () => {
  const dynamic = { managed_ebs_volume: { for_each: [1], content: {} } };
  expect(saidOf("aws_ecs_service", { volume_configuration: [{ dynamic }] })).toHaveLength(2);
});

test.each(["module", "variable", "import", "moved", "removed", "check"])(
  "the section %s is not passed",
  (section) => {
    const text = `is in the section ${section}, into which no rule looks`;
    expect(said({ [section]: { a: {} } })).toEqual([`readable ${section}.a ${text}`]);
    expect(said({ [section]: [{ a: {} }] })).toEqual([`readable ${section} ${text}`]);
  },
);

test("sections that are known are passed", () => {
  expect(
    said({ "//": {}, terraform: {}, provider: {}, resource: {}, output: {}, locals: {} }),
  ).toEqual([]);
});

test("lists are not passed where the rules look into objects", () => {
  const open = { cidr_ipv4: "0.0.0.0/0" };
  expect(said({ resource: [{ [INGRESS]: { a: open } }] })).toEqual([
    "readable resource must be an object",
  ]);
  expect(said({ resource: { [INGRESS]: [{ a: open }] } })).toEqual([
    `readable ${INGRESS} must be an object`,
  ]);
  expect(said({ resource: { [INGRESS]: { a: [open] } } })).toEqual([
    `readable ${INGRESS}.a must be an object`,
  ]);
  expect(said({ data: { aws_iam_role: { a: [{}] } } })).toEqual([
    "readable data.aws_iam_role.a must be an object",
  ]);
  expect(said({ provider: [{ awscc: {} }] })).toContain("readable provider must be an object");
});

test.each([
  // Open to other networks or accounts.
  "aws_security_group_rule",
  "aws_ec2_managed_prefix_list",
  "aws_ec2_managed_prefix_list_entry",
  "aws_network_acl",
  "aws_network_acl_rule",
  "aws_default_network_acl",
  "aws_vpc_endpoint_service_allowed_principal",
  "aws_ami_launch_permission",
  // Public addresses and names.
  "aws_alb",
  "aws_alb_listener",
  "aws_elb",
  "aws_eip_association",
  "aws_cloudfront_distribution",
  "aws_globalaccelerator_accelerator",
  "aws_ecrpublic_repository",
  "aws_lambda_function_url",
  // Where data is stored.
  "aws_s3_bucket_acl",
  "aws_s3_bucket_website_configuration",
  "aws_db_instance",
  "aws_rds_cluster",
  "aws_dynamodb_table",
  "aws_elasticache_replication_group",
  "aws_efs_file_system",
  "aws_kinesis_stream",
  "aws_sqs_queue",
  "aws_sqs_queue",
  "aws_ebs_volume",
  "aws_ebs_snapshot_copy",
  "aws_ebs_encryption_by_default",
  "aws_ami_copy",
  // Instances made in other ways.
  "aws_launch_template",
  "aws_launch_configuration",
  "aws_spot_instance_request",
  "aws_ec2_instance_metadata_defaults",
  "awscc_ec2_instance",
  // Policies.
  "aws_iam_policy",
  "aws_ecr_repository_policy",
  "data.aws_iam_policy_document",
])("%s is a type that no fleet has, so the rules do not know it", (type) => {
  const [section, name] = type.startsWith("data.") ? ["data", type.slice(5)] : ["resource", type];
  const text = `is of the type ${type}, for which a rule may be missing: add one, or a waiver`;
  expect(said({ [section]: { [name]: { a: {} } } })).toEqual([`readable ${type}.a ${text}`]);
});

test("so is a data source, which can bring in anything", () => {
  expect(said({ data: { external: { a: {} } } })).toHaveLength(1);
  expect(said({ ephemeral: { random_password: { a: {} } } })).toHaveLength(1);
  expect(said({ data: { aws_availability_zones: { a: {} } } })).toEqual([]);
});

test("providers are those that the rules were written for, from where cdktf gets them", () => {
  const text = "is a provider that no rule was written for";
  expect(said({ provider: { awscc: [{}], docker: [{}] } })).toEqual([
    `readable provider.awscc ${text}`,
  ]);
  const terraform = { required_providers: { aws: { source: "elsewhere/aws" } } };
  expect(said({ terraform })).toEqual([`readable provider.aws ${text}`]);
});
