import { parse, type Parsed } from "./expression";

/** A value for each period; none where there is no data point. */
export type Series = readonly (number | undefined)[];

/**
 * Works out an expression of metric math, by the part of it that the fleet uses.
 * Source: "Using math expressions with CloudWatch metrics", Amazon CloudWatch User Guide.
 *
 * @param variables the series of its variables, of one length.
 * @throws Error where an expression is not of that part.
 */
export function metricMath(
  expression: string,
  variables: Readonly<Record<string, Series>>,
): Series {
  const parsed = parse(expression);
  const periods = Math.max(0, ...Object.values(variables).map(({ length }) => length));
  return Array.from({ length: periods }, (_, period) =>
    valueOf(parsed, (name) => {
      const series = variables[name];
      if (series === undefined)
        throw new Error(`${expression} has a variable that is not given: ${name}`);
      return series[period];
    }),
  );
}

type Value = number | undefined;

function valueOf(expression: Parsed, variable: (name: string) => Value): Value {
  const value = (operand: unknown) => valueOf(operand as Parsed, variable);
  switch (expression.type) {
    case "Literal":
      return Number(expression.value);
    case "Identifier":
      return variable(expression.name);
    case "UnaryExpression":
      return calculate("-", 0, value(expression.argument));
    case "BinaryExpression":
      return calculate(expression.operator, value(expression.left), value(expression.right));
    case "CallExpression": {
      const { name } = expression.callee as { readonly name?: unknown };
      return call(String(name), expression.arguments.map(value));
    }
    default:
      throw new Error(`not of metric math: ${expression.type}`);
  }
}

/**
 * A value that is missing makes one that is missing, and so does a division by zero. Assumed: neither is
 * documented.
 */
function calculate(operator: string, left: Value, right: Value): Value {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? undefined : left / right;
    case "<":
      return Number(left < right);
    case "<=":
      return Number(left <= right);
    case ">":
      return Number(left > right);
    case ">=":
      return Number(left >= right);
    default:
      throw new Error(`no operator of metric math: ${operator}`);
  }
}

function call(name: string, [first, ...others]: readonly Value[]): Value {
  switch (name) {
    case "FILL":
      return first ?? others[0];
    case "IF":
      return first === undefined ? undefined : others[first === 0 ? 1 : 0];
    default:
      throw new Error(`no function of metric math: ${name}`);
  }
}
