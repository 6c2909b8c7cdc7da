import { z } from "zod";
import { UserError } from "../../common/user-error";
import { printableLine } from "../../common/printable";

/** A path into a value, as Terraform writes one: attribute names, map keys and list indices. */
const path = z.array(z.union([z.string(), z.number()]));

const change = z.object({
  actions: z.array(z.string()),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  // Marks in the shape of the value; of an output it may be one for the whole.
  after_unknown: z.unknown().optional(),
  replace_paths: z.array(path).default([]),
  importing: z.looseObject({ id: z.string().optional() }).optional(),
});

const resourceChange = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  deposed: z.string().optional(),
  mode: z.string(),
  type: z.string(),
  change,
  action_reason: z.string().optional(),
});

const check = z.object({
  address: z.object({ to_display: z.string() }),
  status: z.string(),
  instances: z
    .array(z.object({ problems: z.array(z.object({ message: z.string() })).default([]) }))
    .default([]),
});

const plan = z.object({
  format_version: z.string().regex(/^1\./),
  terraform_version: z.string(),
  planned_values: z.object({}),
  resource_changes: z.array(resourceChange).default([]),
  resource_drift: z.array(resourceChange).default([]),
  deferred_changes: z
    .array(z.object({ reason: z.string(), resource_change: resourceChange }))
    .default([]),
  output_changes: z.record(z.string(), change).default({}),
  checks: z.array(check).default([]),
  errored: z.boolean().default(false),
});

/**
 * What `terraform show -json <plan file>` prints, as far as a reviewer needs it.
 * Source: https://developer.hashicorp.com/terraform/internals/json-format
 */
export type Plan = z.output<typeof plan>;
/** What is planned for one resource. */
export type ResourceChange = Plan["resource_changes"][number];
/** The old and the new value of a resource or an output, with what is unknown in them. */
export type Change = ResourceChange["change"];

/**
 * Reads the JSON of a plan.
 *
 * @param source where it is from, for the message.
 * @throws UserError when it is anything else, such as the plan file itself or the JSON of a state.
 */
export function parsePlan(json: string, source: string): Plan {
  const how = "Make it with: terraform show -json <plan file>";
  if (json.startsWith("PK")) {
    throw new UserError(`${source} is a plan file, and its JSON is wanted. ${how}`);
  }
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    // The message quotes what it does not like.
    const reason = printableLine((error as Error).message);
    throw new UserError(`${source} is not JSON: ${reason}. ${how}`);
  }
  if (isState(content)) throw new UserError(`${source} is a state, and not a plan. ${how}`);
  const result = plan.safeParse(content);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map(
    ({ path, message }) => `  ${path.join(".") || "all of it"}: ${message}`,
  );
  throw new UserError([`${source} is not the JSON of a plan. ${how}`, ...mistakes].join("\n"));
}

/** Whether it is the file of a state, or what `terraform show -json` prints of one. */
function isState(content: unknown): boolean {
  if (typeof content !== "object" || content === null || "planned_values" in content) return false;
  return "lineage" in content || "values" in content;
}
