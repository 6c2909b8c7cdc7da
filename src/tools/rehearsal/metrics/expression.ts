import jsep, { type Expression } from "jsep";

// What JavaScript has not: equality in metric filters, and two words of theirs.
for (const operator of ["=", "IS", "NOT"]) jsep.addBinaryOp(operator, 6);

/** An expression of metric math or of a metric filter, parsed. */
export type Parsed = jsep.CoreExpression;

/** @throws Error where it is none. */
export function parse(expression: string): Parsed {
  return jsep(expression) as Parsed & Expression;
}
