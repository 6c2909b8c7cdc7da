import { setObject } from "../../fleet/rules/rule-objects";
import type { RuleSet } from "../../fleet/rules/rule-set";
import { LONGEST_REGION } from "./rule-spelling";

/** What a proxy takes over within a poll, and holds twice meanwhile: all sets together. */
const MOST_RULES = 300_000;
const MOST_MIB = 16;

const BYTES_PER_MIB = 2 ** 20;

/** Says that the rules are too many for a proxy to hold; nothing where they fit. */
export function ruleCapacityMistake(sets: readonly RuleSet[]): string | undefined {
  const rules = sets.reduce((sum, { allowed, denied }) => sum + allowed.length + denied.length, 0);
  const bytes = sets.reduce((sum, set) => sum + setObject(set, LONGEST_REGION).length, 0);
  if (rules <= MOST_RULES && bytes <= MOST_MIB * BYTES_PER_MIB) return undefined;
  const mebibytes = Math.ceil(bytes / BYTES_PER_MIB);
  return (
    `rules: all sets together have ${rules.toLocaleString("en-US")} rules in ${mebibytes} MiB, those of their ` +
    `bundles among them. A proxy holds ${MOST_RULES.toLocaleString("en-US")} in ${MOST_MIB} MiB. Shorten the lists, ` +
    "or have a name with its subdomains where many below it are listed."
  );
}
