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

/** The types of a fleet that take tags and no name, so that the console shows them by their tag `Name`. */
const NAMED_BY_TAG = [
  "aws_appautoscaling_target",
  "aws_default_security_group",
  "aws_eip",
  "aws_instance",
  "aws_internet_gateway",
  "aws_lb_listener",
  "aws_nat_gateway",
  "aws_route_table",
  "aws_subnet",
  "aws_vpc",
  "aws_vpc_endpoint",
  "aws_vpc_endpoint_service",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

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
    ...resources(stack, ...NAMED_BY_TAG).flatMap((element) =>
      violations(element, ownName(element)),
    ),
    ...resources(stack, "aws_ecs_service").flatMap((service) =>
      violations(service, propagation(service)),
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

function ownName({ block: { tags } }: Element): string[] {
  return isBlock(tags) && "Name" in tags ? [] : ["has no tag Name"];
}

/** The tasks of a service are tagged only if it hands its tags on. */
function propagation({ block }: Element): string[] {
  return ["SERVICE", "TASK_DEFINITION"].includes(String(block["propagate_tags"]))
    ? []
    : ["propagate_tags must be SERVICE or TASK_DEFINITION"];
}
