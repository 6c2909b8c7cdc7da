import { resourceArguments } from "../provider-schema";
import type { Rule, Violation } from "../rule";
import { violations } from "../rule";
import {
  isBlock,
  list,
  nestedBlocks,
  resources,
  type Element,
  type StackJson,
} from "../terraform-json";

/** The tags that everything has by way of the provider. */
const DEFAULT_TAGS = ["Project", "ManagedBy"];

/** The arguments that give a resource a name of its own, beside which a tag `Name` would say it twice. */
const NAME_ARGUMENTS = ["name", "family", "aws_service_name"];

/** Everything says whose it is, and what it is. */
export const tagged: Rule = {
  name: "tagged",
  reason:
    "Bills, inventories and whoever cleans up go by tags: Project and ManagedBy for all, by the provider, and Name for " +
    "what has no name of its own.",
  violatedBy: {
    provider: { aws: [{ default_tags: [{ tags: { Project: "open", ManagedBy: "cdktf" } }] }] },
    resource: { aws_vpc: { open: { cidr_block: "10.0.0.0/16" } } },
  },
  check: (stack) => [
    ...defaultTags(stack),
    ...resources(stack).flatMap((element) =>
      violations(element, [...ownName(element), ...propagation(element)]),
    ),
  ],
};

function defaultTags({ provider, resource }: StackJson): Violation[] {
  const hasAws = Object.keys(resource ?? {}).some((type) => type.startsWith("aws_"));
  const providers = list(provider?.["aws"]).filter(isBlock);
  if (hasAws && providers.length === 0) {
    return [{ address: "provider.aws", message: "is not there to tag anything" }];
  }
  return providers.flatMap((block) => {
    const tags = nestedBlocks(block, "default_tags").flatMap((defaults) =>
      nestedBlocks(defaults, "tags").flatMap(Object.keys),
    );
    return DEFAULT_TAGS.filter((name) => !tags.includes(name)).map((name) => ({
      address: "provider.aws",
      message: `default_tags has no ${name}`,
    }));
  });
}

function ownName({ type, block }: Element): string[] {
  const known = resourceArguments(type);
  if (known === undefined || !known.has("tags")) return [];
  if (NAME_ARGUMENTS.some((name) => known.has(name))) return [];
  const { tags } = block;
  return isBlock(tags) && "Name" in tags ? [] : ["has no tag Name"];
}

/** The tasks of a service are tagged only if it hands its tags on. */
function propagation({ type, block }: Element): string[] {
  if (type !== "aws_ecs_service") return [];
  return ["SERVICE", "TASK_DEFINITION"].includes(String(block["propagate_tags"]))
    ? []
    : ["propagate_tags must be SERVICE or TASK_DEFINITION"];
}
