import { Project } from "../../helpers/project";
import { planJson, resourceJson } from "./plan-json";

jest.setTimeout(60_000);

/** Nothing that a workflow of GitHub may have set. */
const VARIABLES = { TF_WORKSPACE: "", GITHUB_RUN_ID: "" };

let project: Project;
beforeAll(() => {
  project = new Project();
  project.write(
    "plan.json",
    JSON.parse(planJson({ resource_changes: [resourceJson({ actions: ["delete"] })] })) as object,
  );
});
afterAll(() => project.remove());

function summary(args: readonly string[], variables: Record<string, string> = {}) {
  return project.npm("plan:summary", args, { ...VARIABLES, ...variables });
}

test("a table", async () => {
  expect(await summary(["plan.json"])).toEqual({
    status: 0,
    stdout: "destroy  terraform_data.web\n1 to destroy\n",
    stderr: "",
  });
});

test.each([
  ["under the file's name", "", "### Plan for `plan.json`: 1 to destroy\n"],
  ["of a region", "us-east-1", "### Plan for `us-east-1`: 1 to destroy\n"],
])("Markdown %s", async (_, TF_WORKSPACE, heading) => {
  const { status, stdout, stderr } = await summary(["--markdown", "plan.json"], { TF_WORKSPACE });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(heading);
  expect(stdout).toContain("| **destroy** | **`terraform_data.web`** |  |");
});

test.each<[string, readonly string[], string]>([
  ["no argument", [], "No file is named."],
  ["an unknown option", ["a", "--html"], '"a --html" is not one file.'],
  [
    "a file that is missing",
    ["missing.json"],
    "missing.json cannot be read (ENOENT: no such file or directory, open 'missing.json').",
  ],
])("%s", async (_, args, message) => {
  const stderr = `${message} Type: npm run plan:summary -- <plan.json> [--markdown]\n`;
  expect(await summary(args)).toEqual({ status: 1, stdout: "", stderr });
});
