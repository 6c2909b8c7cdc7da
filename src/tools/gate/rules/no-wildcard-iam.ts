import type { Rule } from "../rule";
import { violations } from "../rule";
import {
  argumentsOf,
  dataSources,
  isBlock,
  list,
  nestedBlocks,
  parseJson,
  resources,
  type Argument,
  type Element,
} from "../terraform-json";

/** The arguments that attach managed policies. */
const ATTACHMENTS = ["policy_arn", "policy_arns", "managed_policy_arns"];

/**
 * AWS's own policies that give away a service or the whole account: `AdministratorAccess`,
 * `job-function/SystemAdministrator`, `AmazonEC2ContainerRegistryPowerUser`, `AWSLambda_FullAccess`.
 */
const BROAD_POLICY =
  /:aws:policy\/(?:[\w-]+\/)*([\w-]*(?:Administrator|PowerUser|FullAccess|DataScientist)[\w-]*)/;

/** A policy in Terraform's own form. */
const DOCUMENT = "aws_iam_policy_document";

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
  check: (stack) => [
    ...[...resources(stack), ...dataSources(stack, DOCUMENT)].flatMap((element) =>
      violations(element, argumentsOf(element.block).flatMap(wrongWith)),
    ),
    ...dataSources(stack, DOCUMENT).flatMap(document),
  ],
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

function inStatement(statement: Record<string, unknown>): string[] {
  if (statement["Effect"] === "Deny") return [];
  const { Principal: principal, Condition: condition } = statement;
  // An operator without a key asks for nothing.
  const isConditional =
    isBlock(condition) &&
    Object.values(condition).some(
      (operator) => isBlock(operator) && Object.keys(operator).length > 0,
    );
  const principals = isBlock(principal) ? Object.values(principal).flatMap(list) : list(principal);
  return [
    ...wildcards(list(statement["Action"])),
    ...exclusions(statement, ["NotAction", "NotPrincipal"]),
    ...(principals.includes("*") && !isConditional ? ["permits it to every principal"] : []),
  ];
}

/** The same in Terraform's own form of a policy document. */
function document(element: Element) {
  const messages = nestedBlocks(element.block, "statement")
    .filter(({ effect }) => effect !== "Deny")
    .flatMap((statement) => {
      const principals = nestedBlocks(statement, "principals").flatMap(({ identifiers }) =>
        list(identifiers),
      );
      const isConditional = nestedBlocks(statement, "condition").length > 0;
      return [
        ...wildcards(list(statement["actions"])),
        ...exclusions(statement, ["not_actions", "not_principals"]),
        ...(principals.includes("*") && !isConditional ? ["permits it to every principal"] : []),
      ];
    });
  return violations(element, messages);
}

function wildcards(actions: readonly unknown[]): string[] {
  return actions
    .filter((action) => /[*?]/.test(String(action)))
    .map((action) => `permits ${String(action)}`);
}

function exclusions(statement: Record<string, unknown>, names: readonly string[]): string[] {
  return names
    .filter((name) => list(statement[name]).length > 0)
    .map((name) => `permits everything but its ${name}`);
}
