import { indexBody, indexChecksum, setObject } from "../../../src/fleet/rules/rule-objects";
import { terminalTable } from "../../../src/tools/plan-review/change-table";
import { comment } from "../../../src/tools/plan-review/comment";
import { summarise } from "../../../src/tools/plan-review/summary";
import { ruleSet } from "../../helpers/rules";
import { planWith, resourceJson } from "./plan-json";

const REGION = "us-east-1";
const OFFICE = {
  name: "office",
  allowed: [".example.com", "a.example.net"],
  denied: ["b.example.com"],
};

/** An object in the shape that the AWS provider 5.100 gave it in plans of a store. */
const object = (name: string, change: object) =>
  resourceJson(
    {
      ...change,
      after_unknown: { version_id: true, ...("unknown" in change && { content: true }) },
    },
    { address: `aws_s3_object.rules_${name}`, type: "aws_s3_object", name: `rules_${name}` },
  );
const values = (key: string, content: string) => ({ bucket: "b", key, content, etag: content });

const setChange = (before: object | undefined, after: object | undefined) => {
  const text = (set: object | undefined) =>
    set && values("sets/office.txt", setObject(ruleSet({ ...OFFICE, ...set }), REGION));
  return object("set_office", {
    actions: before === undefined ? ["create"] : after === undefined ? ["delete"] : ["update"],
    before: text(before) ?? null,
    after: text(after) ?? null,
  });
};

function index(digit: string, domainFilter: "enforce" | "report", names: readonly string[]) {
  const body = indexBody({
    sets: [{ name: "office", domainFilter, sha256: digit.repeat(64) }],
    always: [],
    endpoints: names.map((name) => ({
      endpointId: `vpce-${name}`,
      name,
      rules: "office",
      always: false,
    })),
    unknownClients: "default",
    region: REGION,
  });
  return values("index.txt", body + indexChecksum(digit.repeat(64)));
}

const plan = (...resource_changes: object[]) => summarise(planWith({ resource_changes }));

/** The rows of the terminal's table that are about rules. */
const rows = (...changes: object[]) =>
  terminalTable(plan(...changes))
    .split("\n")
    .filter((line) => line.startsWith("rules"))
    .map((line) => line.split(/ {2,}/).slice(1));

test("a line that comes and one that goes are shown, and what stays is not", () => {
  expect(rows(setChange({}, { allowed: [".example.com", "c.example.net"] }))).toEqual([
    ["sets/office.txt", "- allow a.example.net"],
    ["sets/office.txt", "+ allow c.example.net"],
  ]);
});

test("a set that comes or goes does so with all its lines", () => {
  const lines = ["allow .example.com", "allow a.example.net", "deny b.example.com"];
  expect(rows(setChange(undefined, {})).map(([, line]) => line)).toEqual(
    lines.map((line) => `+ ${line}`),
  );
  expect(rows(setChange({}, undefined)).map(([, line]) => line)).toEqual(
    lines.map((line) => `- ${line}`),
  );
});

test("of the index its hashes are left out, which change with every line", () => {
  const change = (before: object, after: object) => rows(object("index", { before, after }));
  expect(change(index("a", "report", ["lab"]), index("b", "report", ["lab"]))).toEqual([]);
  expect(change(index("a", "report", ["lab"]), index("b", "enforce", ["office"]))).toEqual([
    ["index.txt", "- set office report"],
    ["index.txt", "- endpoint vpce-lab lab office"],
    ["index.txt", "+ set office enforce"],
    ["index.txt", "+ endpoint vpce-office office office"],
  ]);
});

test("an index that names endpoints which do not exist yet says so", () => {
  const unknown = { ...index("a", "enforce", []), content: undefined };
  const said = [
    ["index.txt", "? known only after the deployment, which makes endpoints that it names"],
  ];
  const change = { unknown: true, after: unknown };
  expect(rows(object("index", { ...change, actions: ["create"], before: null }))).toEqual(said);
  expect(rows(object("index", { ...change, before: index("a", "report", ["lab"]) }))).toEqual(said);
});

test("the comment has them below the table, each object's under its name", () => {
  const summary = plan(
    setChange({}, { denied: [] }),
    object("index", {
      before: index("a", "report", []),
      after: index("b", "enforce", []),
    }),
  );
  expect(comment({ region: REGION, summary })).toContain(`Rules that change:

\`\`\`diff
# sets/office.txt
- deny b.example.com
# index.txt
- set office report
+ set office enforce
\`\`\``);
});

test("of many lines the first ones are shown, and how many there are besides", () => {
  const allowed = Array.from({ length: 5000 }, (_, index) => `host-${index}.example.com`);
  const summary = plan(setChange(undefined, { allowed, denied: [] }));
  const terminal = terminalTable(summary).split("\n");
  expect(terminal).toHaveLength(103);
  expect(terminal.at(-2)).toMatch(/^rules {3}… {2,}4900 more lines$/);

  const [, diff = ""] = /```diff\n([^]*?)\n```/.exec(comment({ region: REGION, summary }))!;
  expect(diff.length).toBeLessThan(6100);
  const shown = diff.split("\n");
  expect(shown.at(-1)).toBe(`# ${5001 - (shown.length - 1)} more lines, in the plan below`);
});

test("other buckets' objects and files, which have no content here, are no rules", () => {
  const file = { before: null, after: { key: "a", source: "a.zip" }, actions: ["create"] };
  expect(rows(object("a", file))).toEqual([]);
});
