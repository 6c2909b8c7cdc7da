import { createHash } from "node:crypto";
import { changedAttributes } from "./changed-attributes";
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
function withoutTheSame(change: Change): unknown {
  const { actions, before, after, ...rest } = change;
  if (!actions.includes("update")) return change;
  const changed = changedAttributes(change);
  return { actions, ...rest, before: pick(before, changed), after: pick(after, changed) };
}

function pick(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
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
