import type { Evaluation } from "./evaluate";
import { RULES } from "./rules";

/** What the gate has found, as lines for people. */
export function report({ violations, waived, stale }: Evaluation): string {
  return [
    ...RULES.flatMap((rule) => {
      const broken = violations.filter((violation) => violation.rule.name === rule.name);
      const lines = broken.map(({ address, message }) => `${rule.name}  ${address}  ${message}`);
      return broken.length > 0 ? [...lines, `  ${rule.reason}`] : [];
    }),
    ...stale.flatMap(({ rule, resource, message }) => [
      `${rule}  ${resource}  is waived, and the rule does not say there: ${message}`,
      "  Remove the waiver from policy.waivers: it would hide the next violation.",
    ]),
    ...waived.flatMap(({ rule, resource, message, reason }) => [
      `waived: ${rule}  ${resource}  ${message}`,
      `  ${reason}`,
    ]),
    `${RULES.length} rules: ${count(violations.length, "violation")}, ` +
      `${count(waived.length, "waiver")}, ${count(stale.length, "stale waiver")}.`,
  ].join("\n");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
