import { isBlock, list, parseJson, type Argument } from "./terraform-json";

/** An argument that a rule judges by its value, so that the value has to be written out. */
interface Judged {
  readonly name: RegExp;
  /**
   * Whether an expression in the argument hides nothing, as what it refers to is made by AWS or
   * judged where it is defined.
   * @default - no expression is
   */
  readonly isReadable?: (value: string) => boolean;
}

const ROLE_ARN = reference("(?:data\\.)?aws_iam_role", "arn");

/** An ARN or id that AWS gives: no JSON, so it can add nothing to the policy that names it. */
const RESOURCE = reference("(?:data\\.)?[a-z][a-z0-9_]*", "arn|id");

/**
 * In the names that a firewall lets pass: the region, and the names of an endpoint, which AWS gives.
 * Neither can add another name.
 */
const OF_AWS =
  /\$\{(terraform\.workspace|(replace\()?aws_vpc_endpoint\.[A-Za-z_]\w*\.dns_entry\[0\]\.dns_name(, "\/\^\[\^\.\]\+\/", "\*"\))?)\}/g;

/** The elements of a policy that no rule judges. */
const FREE_ELEMENTS = ["Sid", "Resource", "NotResource", "Condition"];

const JUDGED: readonly Judged[] = [
  {
    name: /^(cidr_(block|blocks|ipv4|ipv6)|ipv6_cidr_blocks?)$/,
    isReadable: (value) => isOnly(reference("aws_vpc|aws_subnet", "(?:ipv6_)?cidr_block"), value),
  },
  {
    name: /^prefix_list_ids?$/,
    isReadable: (value) => isOnly(reference("aws_vpc_endpoint", "prefix_list_id"), value),
  },
  { name: /^(assume_role_)?policy$/, isReadable: isReadablePolicy },
  { name: /^(policy_arn|managed_policy_arns|protocol)$/ },
  { name: /^allowed_principals$/, isReadable: (value) => isOnly(ROLE_ARN, value) },
  { name: /^domains$/, isReadable: (value) => !hasExpression(value.replaceAll(OF_AWS, "a")) },
  { name: /^(firewall_fail_open|action|q_type|priority)$/ },
  // Blocks, which Terraform takes as an expression, too.
  { name: /^(ingress|egress|route|inline_policy|(root|ebs)_block_device)$/ },
  { name: /^(network_interface|network_configuration|volume_configuration)$/ },
];

/** Whether a rule judges the argument by its value, and cannot, since Terraform computes it. */
export function isUnreadable([name, value]: Argument): boolean {
  if (typeof value !== "string" || !hasExpression(value)) return false;
  const judged = JUDGED.find((argument) => argument.name.test(name));
  return judged !== undefined && !judged.isReadable?.(value);
}

/** Whether Terraform computes some of the text. A sign that is doubled stands for itself. */
function hasExpression(text: string): boolean {
  return /[$%]\{/.test(text.replaceAll(/(?<!\$)\$\$\{|(?<!%)%%\{/g, ""));
}

/** JSON in which expressions stand only where no rule judges, or for the role that is a principal. */
function isReadablePolicy(text: string): boolean {
  const policy = parseJson(text);
  if (!isBlock(policy) || hasExpression(text.replaceAll(RESOURCE, ""))) return false;
  const statements = list(policy["Statement"]).map((statement) =>
    isBlock(statement)
      ? { ...statement, ...Object.fromEntries(FREE_ELEMENTS.map((name) => [name, undefined])) }
      : statement,
  );
  const judged = JSON.stringify({ ...policy, Statement: statements });
  return !hasExpression(judged.replaceAll(ROLE_ARN, ""));
}

/** A plain reference to an attribute, of the one resource where a `count` makes some. */
function reference(types: string, attributes: string): RegExp {
  return new RegExp(
    `\\$\\{(?:${types})\\.[A-Za-z_][\\w-]*(?:\\[0\\])?\\.(?:${attributes})\\}`,
    "g",
  );
}

function isOnly(pattern: RegExp, text: string): boolean {
  return text.replace(pattern, "") === "";
}
