import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Change, Plan, ResourceChange } from "./plan";

/**
 * Tells whether two plans change the same: a hash of all that a plan does to resources and
 * outputs. What Terraform found on the way, and when, is left out.
 *
 * @param stack the JSON that was planned: values that are known only after the deployment differ
 *   nowhere else.
 */
export function fingerprint(plan: Plan, stack: string): string {
  const content = canonical({
    stack,
    resource_changes: plan.resource_changes.filter(changesSomething).map((resource) => ({
      ...resource,
      change: withoutTheSame(resource.change),
    })),
    deferred_changes: plan.deferred_changes,
    output_changes: Object.entries(plan.output_changes)
      .filter(([, { actions }]) => {
        return !actions.includes("no-op");
      })
      .sort(byKey),
  });
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** Whether a resource does not stay as it is; what it is like then says nothing of the plan. */
function changesSomething({ change, address, previous_address }: ResourceChange): boolean {
  const moved = previous_address !== undefined && previous_address !== address;
  return !change.actions.includes("no-op") || change.importing !== undefined || moved;
}

/**
 * An update without the attributes that stay: of those that Terraform ignores, such as the number
 * of tasks, somebody else may have changed the value since.
 */
function withoutTheSame(change: Change): Change {
  const { before, after, after_unknown: unknown } = change;
  if (!change.actions.includes("update") || !isMap(before) || !isMap(after)) return change;
  const differs = (key: string) =>
    !isDeepStrictEqual(before[key], after[key]) || (isMap(unknown) && Boolean(unknown[key]));
  const pick = (value: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(value).filter(([key]) => differs(key)));
  return { ...change, before: pick(before), after: pick(after) };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value with the keys of all objects in order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(byKey);
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
