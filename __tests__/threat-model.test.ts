import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CHECKOUT } from "./helpers/checkout";

const page = readFileSync(path.join(CHECKOUT, "docs/threat-model.md"), "utf8");

/** The rows of the tables, without their heads: what an attacker cannot do, and the test of it. */
const rows = [...page.matchAll(/^\| (.*?) +\| (.*?) +\|$/gm)].filter(
  ([, first]) => !/^(It cannot|-+)$/.test(first!),
);

test("there is a table for each attacker", () => {
  expect(page.match(/^## A /gm)).toHaveLength(4);
  expect(page.match(/^\| It cannot +\| Test +\|$/gm)).toHaveLength(4);
  expect(rows.length).toBeGreaterThan(30);
});

test.each(rows.map(([, what, test]) => [what!, test!]))("it cannot %s: by a test", (_, test) => {
  const [, file = "", name = ""] = /^`([^`]+)`: (.+)$/.exec(test) ?? [];
  const suite = path.join(CHECKOUT, file);
  expect([file, existsSync(suite)]).toEqual([file, true]);
  expect(readFileSync(suite, "utf8")).toContain(name);
});
