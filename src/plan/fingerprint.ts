import { createHash } from "node:crypto";
import type { Plan, ResourceChange } from "./plan";

/**
 * Tells whether two plans change the same: a hash of all that a plan does to resources and
 * outputs. What Terraform found on the way, and when, is left out.
 */
export function fingerprint(plan: Plan): string {
  const content = canonical({
    resource_changes: plan.resource_changes.filter(changesSomething),
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
