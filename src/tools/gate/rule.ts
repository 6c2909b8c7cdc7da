import type { Account } from "../../common/regions";
import type { RuleName } from "../../configuration/gate-rule-names";
import type { Element, StackJson } from "./terraform-json";

/** Where a rule is broken, and by what. */
export interface Violation {
  /** The Terraform address, such as `aws_lb.nlb`. */
  readonly address: string;
  /** What is wrong, with the argument in Terraform's words. */
  readonly message: string;
}

/** What a rule may know besides the stack. */
export interface PolicyContext {
  /** The kind of account that the stack is for. */
  readonly account: Account;
}

/** One rule of the policy gate, a pure function over the synthesised stack. */
export interface Rule {
  readonly name: RuleName;
  /** Why the rule is there, in a sentence or two for whoever has broken it. */
  readonly reason: string;
  /** The smallest stack that breaks it, in an ordinary account. */
  readonly violatedBy: StackJson;
  /** Every place where the stack breaks the rule. */
  check(stack: StackJson, context: PolicyContext): Violation[];
}

/** The violations of one element, one for each thing that is wrong with it. */
export function violations({ address }: Element, messages: readonly string[]): Violation[] {
  return messages.map((message) => ({ address, message }));
}
