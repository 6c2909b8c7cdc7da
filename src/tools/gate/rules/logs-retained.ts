import { taskContainers } from "../containers";
import type { Rule, Violation } from "../rule";
import { violations } from "../rule";
import {
  isBlock,
  isTrue,
  referencesTo,
  resources,
  type StackJson,
  type TerraformBlock,
} from "../terraform-json";

const LOG_GROUP = "aws_cloudwatch_log_group";

/** What happens is logged, where it is kept for a time that somebody has chosen. */
export const logsRetained: Rule = {
  name: "logs-retained",
  reason:
    "The access log is the audit. Every container writes to a log group of the stack, and every log group says for " +
    "how many days it keeps what it has; without it, for ever, at your cost.",
  violatedBy: { resource: { [LOG_GROUP]: { open: { name: "/ecs/open" } } } },
  check: (stack) => [...logGroups(stack), ...containers(stack)],
};

function logGroups(stack: StackJson): Violation[] {
  return resources(stack, LOG_GROUP).flatMap((group) => {
    const days = group.block["retention_in_days"];
    if (Number(days) > 0) return [];
    return violations(group, [
      `retention_in_days is ${days === undefined ? "not set" : JSON.stringify(days)}`,
    ]);
  });
}

function containers(stack: StackJson): Violation[] {
  return taskContainers(stack).flatMap(({ task, containers }) =>
    containers.length === 0
      ? violations(task, ["container_definitions cannot be read"])
      : containers.flatMap((container) =>
          violations(
            task,
            wrongWith(container, stack).map(
              (message) => `container ${String(container["name"])} ${message}`,
            ),
          ),
        ),
  );
}

function wrongWith({ logConfiguration }: TerraformBlock, stack: StackJson): string[] {
  if (!isBlock(logConfiguration)) return ["has no logConfiguration"];
  const { logDriver, options } = logConfiguration;
  if (logDriver !== "awslogs" || !isBlock(options)) {
    return [`logs by ${JSON.stringify(logDriver)}, and not by awslogs to a log group`];
  }
  const group = options["awslogs-group"];
  return [
    ...(isOfStack(group, stack)
      ? []
      : [`logs to ${JSON.stringify(group)}, which is no log group of the stack`]),
    ...(isTrue(options["awslogs-create-group"])
      ? ["has awslogs-create-group, which makes a log group without retention"]
      : []),
  ];
}

function isOfStack(name: unknown, stack: StackJson): boolean {
  const groups = resources(stack, LOG_GROUP);
  const references = referencesTo(LOG_GROUP, name);
  return groups.some(
    ({ address, block }) =>
      references.includes(address) || (name !== undefined && block["name"] === name),
  );
}
