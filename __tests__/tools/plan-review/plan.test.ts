import { parsePlan } from "../../../src/tools/plan-review/plan";
import { planJson } from "./plan-json";

const HOW = "Make it with: terraform show -json <plan file>";

test.each<[string, string, string]>([
  ["the plan file itself", "PK\u0003\u0004", `x is a plan file, and its JSON is wanted. ${HOW}`],
  [
    "the JSON of a state",
    JSON.stringify({ format_version: "1.0", values: {} }),
    `x is a state, and not a plan. ${HOW}`,
  ],
  [
    "the file of a state",
    JSON.stringify({ version: 4, lineage: "a", resources: [] }),
    `x is a state, and not a plan. ${HOW}`,
  ],
  [
    "another version of the format",
    planJson({ format_version: "2.0" }),
    `x is not the JSON of a plan. ${HOW}\n  format_version: Invalid string: must match pattern /^1\\./`,
  ],
  [
    "other JSON",
    "null",
    `x is not the JSON of a plan. ${HOW}\n  all of it: Invalid input: expected object, received null`,
  ],
])("%s is no plan", (_, content, message) => {
  expect(() => parsePlan(content, "x")).toThrow(new Error(message));
});

test("what is not JSON is quoted without what a terminal would obey", () => {
  expect(() => parsePlan("\u001b[2J", "x")).toThrow(/^x is not JSON: [^\u001b]*\\u001b/);
});
