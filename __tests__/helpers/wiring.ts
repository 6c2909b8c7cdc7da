import type { JsonSchema } from "../../src/configuration/settings";
import type { TerraformJson } from "./synth";

/** The paths of all settings: `[]` stands for each element of a list, `*` for any key. */
export function settingPaths(schema: JsonSchema, at = ""): string[] {
  const { properties, additionalProperties, items } = schema;
  const below = (key: string) => (at === "" ? key : `${at}.${key}`);
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([key, inner]) =>
      settingPaths(inner as JsonSchema, below(key)),
    );
  }
  if (items !== undefined) return settingPaths(items as JsonSchema, `${at}[]`);
  if (typeof additionalProperties === "object") return [below("*")];
  return [at];
}

/** Of contents, which users change: lists, scripts, and what goes into the image. */
const HASH = /\b([0-9a-f]{16}|[0-9A-F]{32})\b/g;

/** A line for each value of the JSON: its path, and what it is. */
export function lines(json: TerraformJson): string[] {
  const found: string[] = [];
  const visit = (value: unknown, at: string): void => {
    const inside = typeof value === "string" ? parsed(value) : value;
    // A widget is a line: what it shows is too much, and of no use without the rest of it.
    const isWhole = at.includes(".dashboard_body.widgets[");
    if (
      isWhole ||
      typeof inside !== "object" ||
      inside === null ||
      Object.keys(inside).length === 0
    ) {
      found.push(`${at} = ${JSON.stringify(inside)}`);
    } else if (Array.isArray(inside)) {
      inside.forEach((item, index) => visit(item, `${at}[${nameOf(at, item) ?? index}]`));
    } else {
      Object.entries(inside)
        .filter(([key]) => key !== "//")
        .forEach(([key, item]) => visit(item, at === "" ? key : `${at}.${key}`));
    }
  };
  visit(json, "");
  return found.map((line) => line.replace(/^resource\./, "").replaceAll(HASH, "<hash>")).sort();
}

/** Policies and container definitions are JSON in a text. */
function parsed(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What names an element better than its place, which others may change. */
function nameOf(at: string, item: unknown): string | undefined {
  if (at.endsWith(".depends_on")) return "";
  if (at.endsWith(".dashboard_body.widgets")) {
    return (item as { properties: { title?: string } }).properties.title ?? "text";
  }
  return typeof item === "object" && item !== null && "name" in item
    ? String(item.name)
    : undefined;
}

/** The lines that go, with a minus in front, and those that come, with a plus. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ].sort((one, other) => (one.slice(2) < other.slice(2) ? -1 : 1));
}

/** Settings of both; of a group that both have, the keys of both. */
export function merged(base: object, settings: object): object {
  const groups = Object.entries(settings).map(([key, value]) => {
    const below: unknown = (base as Record<string, unknown>)[key];
    return [key, isGroup(below) && isGroup(value) ? { ...below, ...value } : (value as unknown)];
  });
  return { ...base, ...Object.fromEntries(groups) };
}

const isGroup = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
