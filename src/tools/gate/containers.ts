import {
  isBlock,
  parseJson,
  resources,
  type Element,
  type StackJson,
  type TerraformBlock,
} from "./terraform-json";

/** A container of a task definition; none where the definitions cannot be read. */
export interface TaskContainers {
  readonly task: Element;
  readonly containers: readonly TerraformBlock[];
}

/** The containers of every task definition, which Terraform has as JSON in a string. */
export function taskContainers(stack: StackJson): TaskContainers[] {
  return resources(stack, "aws_ecs_task_definition").map((task) => ({
    task,
    containers: parse(task.block["container_definitions"]),
  }));
}

function parse(definitions: unknown): TerraformBlock[] {
  if (typeof definitions !== "string") return [];
  const value = parseJson(definitions);
  return Array.isArray(value) ? value.filter(isBlock) : [];
}
