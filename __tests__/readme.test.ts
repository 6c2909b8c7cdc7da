import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { RULE_NAMES } from "../src/policy/rule-names";
import { parseDomainList } from "../src/proxy/domain-list";
import { parseSettings } from "../src/settings";
import { synthFleet } from "./helpers/fleet";

const CHECKOUT = path.resolve(__dirname, "..");
const read = (file: string) => readFileSync(path.join(CHECKOUT, file), "utf8");
const readme = read("README.md");
const scripts = Object.keys(
  (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts,
);

/** What is under a heading, up to the next one. */
function section(heading: string): string {
  const [, rest = ""] = readme.split(`\n## ${heading}\n`);
  return rest.split("\n## ")[0]!;
}

/** The first block of code under a heading. */
function example(heading: string): string {
  return /^```\w*\n(.*?)^```/ms.exec(section(heading))![1]!;
}

/** The rows of the table under a heading whose first cell is code: its name and second cell. */
function rows(heading: string): [string, string][] {
  return [...section(heading).matchAll(/^\| `([^`]+)` *\| ([^|]*?) *\|/gm)].map(
    ([, name, cell]) => [name!, cell!],
  );
}

/** The settings' defaults by path, lists of objects as their first entry. */
function leaves(value: unknown, prefix = ""): [string, unknown][] {
  if (Array.isArray(value) && typeof value[0] === "object") return leaves(value[0], `${prefix}[]`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[prefix, value]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[prefix, value]];
  return entries.flatMap(([key, inner]) => leaves(inner, prefix ? `${prefix}.${key}` : key));
}

test("the table of settings has every setting with its default", () => {
  const parsed = parseSettings({});
  const defaults = "settings" in parsed ? leaves(parsed.settings) : [];
  const documented = new Map(rows("Settings"));
  const computed = ["regions", "deletionProtection", "image"];
  for (const [name, value] of defaults.filter(([path]) => !computed.includes(path))) {
    expect([name, documented.get(name)]).toEqual([name, `\`${JSON.stringify(value)}\``]);
  }
});

test("the table of outputs has every output", () => {
  expect(
    rows("Outputs")
      .map(([name]) => name)
      .sort(),
  ).toEqual(Object.keys(synthFleet().output!).sort());
});

test("the table of the policy gate has every rule, and its example is a waiver", () => {
  expect(rows("Policy gate").map(([name]) => name)).toEqual(RULE_NAMES);
  const waiver = example("Policy gate");
  expect(parseSettings(JSON.parse(`{ ${waiver} }`))).toHaveProperty("settings.policy.waivers");
});

test("the examples of a domain list and of an internal site are right", () => {
  expect(parseDomainList("example", example("Filter domains"))).toEqual({
    domains: [".debian.org", "pypi.org"],
  });
  expect(parseSettings(JSON.parse(`{ ${example("Open an internal site")} }`))).toHaveProperty(
    "settings.proxy.privateCidrs",
    ["10.9.0.0/24"],
  );
});

test("help lists every script, and what README.md and help name exists", () => {
  const help = read("help");
  const named = (text: string) =>
    [...text.matchAll(/npm (?:run )?((?:test|[a-z]+(?::[a-z]+)?))\b/g)]
      .map(([, script]) => script!)
      .filter((script) => !["ci", "run"].includes(script));
  expect([...new Set(named(help))].sort()).toEqual([...scripts].sort());
  expect(named(readme).filter((script) => !scripts.includes(script))).toEqual([]);
});

test("links lead to files that exist", () => {
  const targets = [...readme.matchAll(/\]\(((?!https?:|#)[^)#]+)/g)].map(([, target]) => target!);
  expect(targets.filter((target) => !existsSync(path.join(CHECKOUT, target)))).toEqual([]);
});
