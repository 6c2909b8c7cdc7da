import { readFileSync } from "node:fs";
import path from "node:path";
import { CHECKOUT } from "../helpers/checkout";
import { sources, workflows } from "./workflows";

const document = readFileSync(path.join(CHECKOUT, "docs/pull-requests.md"), "utf8");
const code = Object.values(sources).join("\n");

/** What the first cells of a table name. */
function rows(text: string): string[] {
  return [...text.matchAll(/^ *\| `([^`]+)` *\|/gm)].map(([, name]) => name!).sort();
}

const [introduction = "", setUp = ""] = document.split(/^## Set up$|^## What/m);

test("docs/pull-requests.md has every workflow that something starts", () => {
  const started = workflows(sources).filter(([, { on }]) => !("workflow_call" in on));
  expect(rows(introduction)).toEqual(started.map(([file]) => path.basename(file, ".yml")).sort());
});

test("docs/pull-requests.md has every variable", () => {
  const used = [...code.matchAll(/\bvars\.(\w+)/g)].map(([, name]) => name!);
  expect(rows(setUp)).toEqual([...new Set(used)].sort());
});
