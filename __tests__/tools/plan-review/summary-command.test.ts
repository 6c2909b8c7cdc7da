import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Project } from "../../helpers/project";
import { planJson, resourceJson } from "./plan-json";

jest.setTimeout(60_000);

const USAGE = "Type: npm run plan:summary -- <plan.json> [--markdown]";
const HOW = "Make it with: terraform show -json <plan file>";
const PLAN = planJson({ resource_changes: [resourceJson({ actions: ["delete"] })] });

/** Nothing that a workflow of GitHub may have set. */
const VARIABLES = { TF_WORKSPACE: "", GITHUB_RUN_ID: "" };

let project: Project;
beforeAll(() => {
  project = new Project();
  mkdirSync(path.join(project.root, "folder"));
});
afterAll(() => project.remove());

function summary(args: readonly string[], variables: Record<string, string> = {}) {
  return project.npm("plan:summary", args, { ...VARIABLES, ...variables });
}

function given(content: string | Buffer): string {
  writeFileSync(path.join(project.root, "plan.json"), content);
  return "plan.json";
}

test("a table", async () => {
  expect(await summary([given(PLAN)])).toEqual({
    status: 0,
    stdout: "destroy  terraform_data.web\n1 to destroy\n",
    stderr: "",
  });
});

test.each([
  ["under the file's name", {}, "### Plan for `plan.json`: 1 to destroy\n"],
  ["of a region", { TF_WORKSPACE: "us-east-1" }, "### Plan for `us-east-1`: 1 to destroy\n"],
])("Markdown %s", async (_, variables, heading) => {
  const { status, stdout, stderr } = await summary(["--markdown", given(PLAN)], variables);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(heading);
  expect(stdout).toContain("| **destroy** | **`terraform_data.web`** |  |");
});

test.each<[string, readonly string[], string]>([
  ["no argument", [], `No file is named. ${USAGE}`],
  ["two files", ["a", "b"], `"a b" is not one file. ${USAGE}`],
  ["an unknown option", ["--html"], `"--html" is not one file. ${USAGE}`],
  ["one beside a file", ["a", "--html"], `"a --html" is not one file. ${USAGE}`],
  [
    "a file that is missing",
    ["missing.json"],
    `missing.json cannot be read (ENOENT: no such file or directory, open 'missing.json'). ${USAGE}`,
  ],
  [
    "a folder",
    ["folder"],
    `folder cannot be read (EISDIR: illegal operation on a directory, read). ${USAGE}`,
  ],
])("%s", async (_, args, message) => {
  expect(await summary(args)).toEqual({ status: 1, stdout: "", stderr: `${message}\n` });
});

test.each<[string, string | Buffer, string]>([
  [
    "the plan file itself",
    Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0xff, 0xfe]),
    `plan.json is a plan file, and its JSON is wanted. ${HOW}`,
  ],
  [
    "the JSON of a state",
    JSON.stringify({ format_version: "1.0", terraform_version: "1.11.4", values: {} }),
    `plan.json is a state, and not a plan. ${HOW}`,
  ],
  [
    "the file of a state",
    JSON.stringify({ version: 4, terraform_version: "1.11.4", lineage: "a", resources: [] }),
    `plan.json is a state, and not a plan. ${HOW}`,
  ],
  [
    "another version of the format",
    PLAN.replace('"1.2"', '"2.0"'),
    `plan.json is not the JSON of a plan. ${HOW}\n  format_version: Invalid string: must match pattern /^1\\./`,
  ],
  [
    "other JSON",
    "null",
    `plan.json is not the JSON of a plan. ${HOW}\n  all of it: Invalid input: expected object, received null`,
  ],
  ["broken JSON", "{", "plan.json is not JSON: "],
  ["an empty file", "", "plan.json is not JSON: "],
  ["what a terminal would obey", "\u001b[2J", "plan.json is not JSON: "],
])("%s", async (_, content, message) => {
  const { status, stdout, stderr } = await summary([given(content)]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr.startsWith(message)).toBe(true);
  expect(stderr).toContain(HOW);
  expect(stderr).not.toContain("\u001b");
  expect(stderr).not.toMatch(/^\s+at /m);
});
