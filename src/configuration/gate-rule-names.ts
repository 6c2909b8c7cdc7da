/**
 * The rules of the policy gate. The settings, which waive some, know just the names; what each
 * forbids is in the file that is called so, in `rules`.
 */
export const RULE_NAMES = [
  "readable",
  "no-open-ingress",
  "nothing-public",
  "buckets-closed",
  "dns-closed",
  "encrypted",
  "imdsv2",
  "no-wildcard-iam",
  "logs-retained",
  "images-immutable",
  "deletion-guarded",
  "tagged",
  "name-limits",
] as const;

export type RuleName = (typeof RULE_NAMES)[number];
