import type { z } from "zod";
import { nearestTo } from "../../common/nearest";

/** Says of a part of the settings what would be allowed, from a rule that compares several parts. */
export function reject(
  context: z.core.$RefinementCtx,
  path: (string | number)[],
  input: unknown,
  allowed: string,
): void {
  context.addIssue({ code: "custom", path, input, message: allowed });
}

/** What to say of a key that no setting has: the one that was probably meant, or all there are. */
export function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestTo(key, known);
  return `${JSON.stringify(key)} is not a setting. ${
    nearest ? `Did you mean "${nearest}"?` : `Known here: ${known.join(", ")}.`
  }`;
}

/**
 * What zod found, in the words of the user: where, what was given, what is allowed.
 *
 * @param root what the path of every setting begins with.
 */
export function mistakesOf(root: string, issue: z.core.$ZodIssue): string[] {
  const path = issue.path.reduce<string>(
    (parent, key) => (typeof key === "number" ? `${parent}[${key}]` : `${parent}.${String(key)}`),
    root,
  );
  if (issue.code === "unrecognized_keys") {
    return issue.message.split("\n").map((line) => `${path}: ${line}`);
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => `${path} is not allowed. Allowed: ${message}.`);
  }
  const given =
    issue.input === undefined ? "is missing" : `${JSON.stringify(issue.input)} is not allowed`;
  return [`${path}: ${given}. Allowed: ${issue.message}.`];
}
