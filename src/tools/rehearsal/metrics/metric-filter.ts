import { parse, type Parsed } from "./expression";

/**
 * Tells the lines that a metric filter counts, by the part of the language for JSON that the fleet
 * uses. A line that is not JSON is none of them, nor is one without the field that is compared.
 * Source: "Using filter patterns to match terms in JSON log events", Amazon CloudWatch Logs User Guide.
 *
 * @throws Error where a pattern is not of that part.
 */
export function metricFilter(pattern: string): (line: string) => boolean {
  const [, expression] = /^\{(.*)\}$/s.exec(pattern) ?? [];
  if (expression === undefined) throw new Error(`no pattern for JSON: ${pattern}`);
  const holds = condition(parse(expression));
  return (line) => {
    const fields = fieldsOf(line);
    return fields !== undefined && holds(fields);
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(line: string): Fields | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Fields;
  } catch {
    return undefined;
  }
}

function condition(expression: Parsed): (fields: Fields) => boolean {
  if (expression.type !== "BinaryExpression") throw new Error(`no condition: ${expression.type}`);
  const { operator } = expression;
  const [left, right] = [expression.left, expression.right] as [Parsed, Parsed];
  if (operator === "&&" || operator === "||") {
    const [one, other] = [condition(left), condition(right)];
    return operator === "&&"
      ? (fields) => one(fields) && other(fields)
      : (fields) => one(fields) || other(fields);
  }
  const field = selected(left);
  if (operator === "IS") return (fields) => fields[field] === null;
  if (operator === "NOT") return (fields) => !(field in fields);
  const holds = comparison(operator, right);
  return (fields) => {
    const value = fields[field];
    return value !== undefined && value !== null && holds(value);
  };
}

/** The name in `$.name`. */
function selected(expression: Parsed): string {
  if (expression.type !== "MemberExpression") throw new Error(`no selector: ${expression.type}`);
  return String((expression.property as { readonly name?: unknown }).name);
}

function comparison(operator: string, right: Parsed): (value: unknown) => boolean {
  if (right.type !== "Literal") throw new Error(`no value: ${right.type}`);
  const wanted = right.value;
  const isWanted =
    typeof wanted === "string" ? matching(wanted) : (value: unknown) => value === wanted;
  switch (operator) {
    case "=":
      return isWanted;
    case "!=":
      return (value) => !isWanted(value);
    case "<":
      return (value) => Number(value) < Number(wanted);
    case "<=":
      return (value) => Number(value) <= Number(wanted);
    case ">":
      return (value) => Number(value) > Number(wanted);
    case ">=":
      return (value) => Number(value) >= Number(wanted);
    default:
      throw new Error(`no operator of metric filters: ${operator}`);
  }
}

/** A string, in which an asterisk stands for anything. */
function matching(wanted: string): (value: unknown) => boolean {
  const parts = wanted.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`, "s");
  return (value) => pattern.test(String(value));
}
