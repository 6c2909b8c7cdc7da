import type { Rule } from "../rule";
import { violations } from "../rule";
import {
  argumentsOf,
  isBlock,
  list,
  parseJson,
  resources,
  type Argument,
  type TerraformBlock,
} from "../terraform-json";

/** The arguments that attach managed policies. */
const ATTACHMENTS = ["policy_arn", "managed_policy_arns"];

/**
 * AWS's own policies that give away a service or the whole account: `AdministratorAccess`,
 * `job-function/SystemAdministrator`, `AmazonEC2ContainerRegistryPowerUser`, `AWSLambda_FullAccess`.
 */
const BROAD_POLICY =
  /:aws:policy\/(?:[\w-]+\/)*([\w-]*(?:Administrator|PowerUser|FullAccess|DataScientist)[\w-]*)/;

/** Every permission names what it permits, and to whom. */
export const noWildcardIam: Rule = {
  name: "no-wildcard-iam",
  reason:
    "A wildcard permits what nobody has thought of, and what AWS adds tomorrow. Name each action, and each principal.",
  violatedBy: {
    resource: {
      aws_iam_role_policy: {
        open: {
          policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "logs:*", Resource: "*" }],
          }),
        },
      },
    },
  },
  check: (stack) =>
    resources(stack).flatMap((element) =>
      violations(element, argumentsOf(element.block).flatMap(wrongWith)),
    ),
};

function wrongWith([name, value]: Argument): string[] {
  if (typeof value !== "string") return [];
  const [, broad] = ATTACHMENTS.includes(name) ? (BROAD_POLICY.exec(value) ?? []) : [];
  if (broad !== undefined) return [`${name} attaches ${broad}`];
  // A policy is known by what it says once it is parsed: in its text, letters may be escaped.
  const policy = parseJson(value);
  if (!isBlock(policy)) return [];
  return list(policy["Statement"])
    .filter(isBlock)
    .flatMap((statement) => inStatement(statement))
    .map((message) => `${name} ${message}`);
}

function inStatement(statement: TerraformBlock): string[] {
  if (statement["Effect"] === "Deny") return [];
  const { Action: actions, Principal: principal, Condition: condition } = statement;
  // An operator without a key asks for nothing.
  const isConditional =
    isBlock(condition) &&
    Object.values(condition).some(
      (operator) => isBlock(operator) && Object.keys(operator).length > 0,
    );
  const principals = isBlock(principal) ? Object.values(principal).flatMap(list) : list(principal);
  return [
    ...list(actions)
      .filter((action) => /[*?]/.test(String(action)))
      .map((action) => `permits ${String(action)}`),
    ...["NotAction", "NotPrincipal"]
      .filter((name) => list(statement[name]).length > 0)
      .map((name) => `permits everything but its ${name}`),
    ...(principals.includes("*") && !isConditional ? ["permits it to every principal"] : []),
  ];
}
