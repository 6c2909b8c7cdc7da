import type { Rule } from "../rule";
import { violations } from "../rule";
import {
  argumentsOf,
  dataSources,
  isBlock,
  list,
  nestedBlocks,
  resources,
  type Argument,
  type Element,
} from "../terraform-json";

/** The arguments that attach managed policies. */
const ATTACHMENTS = ["policy_arn", "policy_arns", "managed_policy_arns"];

/** AWS's own policies that give away a service or the whole account. */
const BROAD_POLICY =
  /:aws:policy\/(?:[\w/-]+\/)?(AdministratorAccess|PowerUserAccess|[\w-]*FullAccess)/;

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
    ...resources(stack).flatMap((element) =>
      violations(element, [
        ...new Set(argumentsOf(element.block).flatMap((argument) => wrongWith(argument))),
      ]),
    ),
    ...dataSources(stack, "aws_iam_policy_document").flatMap(document),
  ],
};

function wrongWith([name, value]: Argument): string[] {
  if (typeof value !== "string") return [];
  const [, broad] = ATTACHMENTS.includes(name) ? (BROAD_POLICY.exec(value) ?? []) : [];
  if (broad !== undefined) return [`${name} attaches ${broad}`];
  if (!value.includes("Statement")) return [];
  const policy = parse(value);
  if (policy === undefined) {
    return [`${name} is a policy in an expression, which cannot be checked; write it as JSON`];
  }
  return list(policy["Statement"])
    .filter(isBlock)
    .flatMap((statement) => inStatement(statement))
    .map((message) => `${name} ${message}`);
}

/** A policy document; nothing where text only talks of a `Statement`, such as a script. */
function parse(text: string): Record<string, unknown> | undefined {
  if (!/^\s*\{|\$\{.*jsonencode\(/s.test(text)) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isBlock(value) ? value : {};
  } catch {
    return undefined;
  }
}

function inStatement(statement: Record<string, unknown>): string[] {
  if (statement["Effect"] === "Deny") return [];
  const { Principal: principal, Condition: condition } = statement;
  const principals = isBlock(principal) ? Object.values(principal).flatMap(list) : list(principal);
  return [
    ...wildcards(list(statement["Action"])),
    ...exclusions(statement, ["NotAction", "NotPrincipal"]),
    ...(principals.includes("*") && condition === undefined
      ? ["permits it to every principal"]
      : []),
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
