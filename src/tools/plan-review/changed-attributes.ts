import { isDeepStrictEqual } from "node:util";
import type { Change } from "./plan";

/**
 * The names of the attributes to which an update gives another value, in alphabetical order. What is
 * made or goes has nothing to compare them with, and gets none.
 */
export function changedAttributes({ before, after, after_unknown: unknown }: Change): string[] {
  if (!isMap(before) || !isMap(after)) return [];
  const marks = isMap(unknown) ? unknown : {};
  const names = new Set([before, after, marks].flatMap(Object.keys));
  return [...names]
    .filter((name) => hasMark(marks[name]) || !isSame(before[name], after[name]))
    .sort();
}

/** Terraform has null where the configuration says nothing. */
function isSame(before: unknown, after: unknown): boolean {
  return isDeepStrictEqual(before ?? null, after ?? null);
}

/** Whether any part of a value is known only after the update; Terraform marks such parts with true. */
function hasMark(marks: unknown): boolean {
  return typeof marks === "object" && marks !== null
    ? Object.values(marks).some(hasMark)
    : marks === true;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
