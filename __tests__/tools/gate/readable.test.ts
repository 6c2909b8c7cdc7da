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
    ["aws_security_group", "ingress", '${[{cidr_blocks=["0.0.0.0/0"]}]}'],
    ["aws_instance", "ebs_block_device", "${[{device_name=1}]}"],
    ["aws_iam_role_policy", "policy", '${file("p.json")}'],
    ["aws_iam_role_policy", "policy", "${local.p}"],
    ["aws_iam_role_policy", "policy", '${jsonencode({"Statement" = [{"Action" = "*"}]})}'],
    ["aws_iam_role_policy", "policy", statement({ Action: "${local.a}" })],
    ["aws_iam_role_policy", "policy", statement({ Action: "${aws_vpc.a.arn}" })],
    ["aws_iam_role_policy", "policy", statement({ Effect: "%{if true}Allow%{endif}" })],
    ["aws_iam_role_policy", "policy", statement({ Resource: "${terraform_data.a.output}" })],
    ["aws_iam_role_policy", "policy", statement({ Principal: { AWS: "${local.a}" } })],
    ["aws_iam_role_policy", "policy", statement({ "${aws_vpc.a.id}": "s3:GetObject" })],
    ["aws_iam_role", "assume_role_policy", "${local.p}"],
    ["aws_iam_role_policy_attachment", "policy_arn", "${data.aws_iam_policy.admin.arn}"],
    ["aws_iam_role_policy_attachment", "policy_arn", "arn:aws:iam::aws:policy/${local.p}"],
    ["aws_vpc_endpoint_service", "allowed_principals", '${["*"]}'],
    ["aws_lb_listener", "protocol", "${local.a}"],
  ])("%s: %s = %s", (type, name, value) => {
    const text = `readable ${type}.a ${name} is ${JSON.stringify(value)}, which no rule can read`;
    expect(saidOf(type, { [name]: value })).toContain(text);
  });

  test("a policy that is put together from others is read, or not passed", () => {
    const document = (block: TerraformBlock) =>
      said({ data: { aws_iam_policy_document: { a: block } } });
    const address = "data.aws_iam_policy_document.a";
    for (const name of ["source_policy_documents", "override_policy_documents"]) {
      expect(document({ [name]: ['${file("p.json")}'] })).toEqual([
        `readable ${address} ${name} is "\${file(\\"p.json\\")}", which no rule can read`,
      ]);
      expect(document({ [name]: ["${data.aws_iam_policy_document.b.json}"] })).toEqual([]);
      expect(document({ [name]: [statement({ Action: "s3:*" })] })).toEqual([
        `no-wildcard-iam ${address} ${name} permits s3:*`,
      ]);
    }
    expect(document({ statement: [{ actions: ["${local.a}"] }] })).toHaveLength(1);
    expect(document({ statement: [{ principals: [{ identifiers: ["${local.a}"] }] }] })).toEqual([
      expect.stringContaining("identifiers is"),
    ]);
  });
});

test.each<[string, string, string]>([
  [INGRESS, "cidr_ipv4", "${aws_vpc.a.cidr_block}"],
  [INGRESS, "cidr_ipv4", "${aws_subnet.a[0].cidr_block}"],
  [INGRESS, "prefix_list_id", "${aws_ec2_managed_prefix_list.a.id}"],
  [INGRESS, "description", "${terraform.workspace}"],
  ["aws_iam_role_policy", "policy", "${data.aws_iam_policy_document.a.json}"],
  ["aws_iam_role_policy", "policy", statement({ Resource: "${aws_cloudwatch_log_group.a.arn}:*" })],
  ["aws_iam_role_policy", "policy", statement({ Resource: ["${aws_ecr_repository.a[0].arn}"] })],
  ["aws_iam_role_policy", "policy", statement({ Principal: { AWS: "${aws_iam_role.a.arn}" } })],
  ["aws_iam_role_policy", "policy", statement({ Resource: "arn:aws:s3:::a/$${aws:username}" })],
  ["aws_iam_role_policy_attachment", "policy_arn", "${aws_iam_policy.a.arn}"],
  ["aws_ecs_cluster", "count", "${local.a}"],
])("what is judged elsewhere is passed: %s, %s = %s", (type, name, value) => {
  expect(saidOf(type, { [name]: value })).toEqual([]);
});

test.each(["for_each", "dynamic", "provisioner"])("%s is not looked through", (name) => {
  const text = `has ${name}, whose effect the rules cannot see`;
  expect(saidOf(INGRESS, { [name]: {} })).toEqual([`readable ${INGRESS}.a ${text}`]);
});

test("dynamic blocks inside blocks are found, too", () => {
  const dynamic = { ebs: { for_each: [1], content: {} } };
  expect(saidOf("aws_ecs_service", { volume_configuration: [{ dynamic }] })).toHaveLength(2);
});

test.each(["module", "locals", "variable", "import", "moved", "removed", "check"])(
  "the section %s is not passed",
  (section) => {
    const text = `is in the section ${section}, into which no rule looks`;
    expect(said({ [section]: { a: {} } })).toEqual([`readable ${section}.a ${text}`]);
    expect(said({ [section]: [{ a: {} }] })).toEqual([`readable ${section} ${text}`]);
  },
);

test("sections that are known are passed", () => {
  expect(said({ "//": {}, terraform: {}, provider: {}, resource: {}, output: {} })).toEqual([]);
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
  "aws_eip_association",
  "aws_lambda_function_url",
  "aws_ami_launch_permission",
  "aws_alb",
  "awscc_ec2_instance",
])("the type %s is new to the rules", (type) => {
  const text = `is of the type ${type}, for which a rule may be missing: add one, or a waiver`;
  expect(saidOf(type, {})).toContain(`readable ${type}.a ${text}`);
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
