import type { PolicyContext, Rule, Violation } from "./rule";
import type { RuleName } from "../../configuration/gate-rule-names";
import { RULES } from "./rules";
import type { StackJson } from "./terraform-json";

/** A user's leave to break one rule, in one way, at one resource. */
export interface Waiver {
  readonly rule: RuleName;
  /** The Terraform address. */
  readonly resource: string;
  /** What the rule says of it. */
  readonly message: string;
  /** Why it is right to break the rule there. */
  readonly reason: string;
}

/** A violation and the rule that it breaks. */
export interface Finding extends Violation {
  readonly rule: Rule;
}

/** What the gate has found. */
export interface Evaluation {
  /** What stops the change. */
  readonly violations: readonly Finding[];
  /** The waivers that cover a violation, which is the one that they name. */
  readonly waived: readonly Waiver[];
  /** The waivers that cover none. They stop the change, too: the next violation there would pass unseen. */
  readonly stale: readonly Waiver[];
}

export interface EvaluateProps extends PolicyContext {
  readonly waivers: readonly Waiver[];
}

/** Holds the stack against all rules, and what is found against the waivers. */
export function evaluate(stack: StackJson, { account, waivers }: EvaluateProps): Evaluation {
  const findings = RULES.flatMap((rule) =>
    numbered(rule.check(stack, { account })).map((violation) => ({ ...violation, rule })),
  );
  const covers = (waiver: Waiver, { rule, address, message }: Finding) =>
    waiver.rule === rule.name && waiver.resource === address && waiver.message === message;
  const isUsed = (waiver: Waiver) => findings.some((finding) => covers(waiver, finding));
  return {
    violations: findings.filter((finding) => !waivers.some((waiver) => covers(waiver, finding))),
    waived: waivers.filter(isUsed),
    stale: waivers.filter((waiver) => !isUsed(waiver)),
  };
}

/** Tells apart what is wrong in the same way at one resource, so that a waiver covers the one. */
function numbered(violations: readonly Violation[]): Violation[] {
  return violations.map(({ address, message }, index) => {
    const earlier = violations
      .slice(0, index)
      .filter((other) => other.address === address && other.message === message);
    return { address, message: earlier.length ? `${message} (${earlier.length + 1})` : message };
  });
}

/** Whether nothing stops the change. */
export function passes({ violations, stale }: Evaluation): boolean {
  return violations.length === 0 && stale.length === 0;
}
