import { setObject } from "../../fleet/rules/rule-objects";
import type { RuleSet } from "../../fleet/rules/rule-set";
import { LONGEST_REGION } from "./rule-spelling";

const BYTES_PER_MIB = 2 ** 20;

/**
 * What a proxy has in memory for each byte of the store's objects, while it takes over a change: the
 * answer, the old table, and the new one twice. Measured with 400,000 names: 3.
 */
export const MEMORY_PER_OBJECT_BYTE = 4;

/** The part of a task's memory that rules may take, of what squid-memory.ts leaves for peaks. */
export const MEMORY_SHARE = 0.05;

/** What squid/rules/fetcher.c takes at most, whatever the task has: OBJECTS_BYTES. */
export const MOST_OBJECTS_MIB = 16;

/** How many bytes the objects of all sets may have together, for a task of such a memory. */
export function mostObjectBytes(memoryMiB: number): number {
  const inMemory = (memoryMiB * MEMORY_SHARE) / MEMORY_PER_OBJECT_BYTE;
  return Math.min(inMemory, MOST_OBJECTS_MIB) * BYTES_PER_MIB;
}

/** Says that the rules are too many for a proxy to hold; nothing where they fit. */
export function ruleCapacityMistake(
  sets: readonly RuleSet[],
  memoryMiB: number,
): string | undefined {
  const bytes = sets.reduce((sum, set) => sum + setObject(set, LONGEST_REGION).length, 0);
  const most = mostObjectBytes(memoryMiB);
  if (bytes <= most) return undefined;
  const rules = sets.reduce((sum, { allowed, denied }) => sum + allowed.length + denied.length, 0);
  const fitting = Math.floor((rules * most) / bytes / 1000) * 1000;
  const memoryNeeded = 1024 * Math.ceil((memoryMiB * (bytes / most)) / 1024);
  const remedy =
    bytes <= MOST_OBJECTS_MIB * BYTES_PER_MIB
      ? `Set service.memoryMiB to ${memoryNeeded}, or shorten the lists`
      : "No task holds as many: shorten the lists";
  return (
    `rules: all sets together have ${count(rules)} rules, those of their bundles among them. A task with ` +
    `service.memoryMiB ${memoryMiB} has the memory for about ${count(fitting)} of such lengths. ${remedy}, or ` +
    "have a name with its subdomains where many below it are listed."
  );
}

const count = (number: number) => number.toLocaleString("en-US");
