import { createHash } from "node:crypto";
import type { Plan } from "./plan";

/**
 * Tells whether two plans change the same: a hash of all that a plan does to resources and
 * outputs. What Terraform found on the way, and when, is left out.
 */
export function fingerprint(plan: Plan): string {
  const { resource_changes, deferred_changes, output_changes } = plan;
  const content = canonical({ resource_changes, deferred_changes, output_changes });
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** The value with the keys of all objects in order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}
