import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ACTIONLINT, describeWith, SHELLCHECK, ZIZMOR } from "../helpers/tools";
import { CHECKOUT } from "../helpers/checkout";
import { jobs, type Sources, sources, steps, withMistake } from "./workflows";

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "workflows-"));
  cpSync(path.join(CHECKOUT, ".github"), path.join(root, ".github"), { recursive: true });
  // By which actionlint knows the repository's root.
  mkdirSync(path.join(root, ".git"));
});
afterEach(() => rmSync(root, { recursive: true }));

function lint(from: Sources, command: string, ...args: string[]) {
  for (const [file, text] of Object.entries(from)) writeFileSync(path.join(root, file), text);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

describeWith([ACTIONLINT, SHELLCHECK], "actionlint", () => {
  const actionlint = (from: Sources) => lint(from, "actionlint", "-no-color");

  test("finds no mistake", () => {
    expect(actionlint(sources)).toEqual({ status: 0, output: "" });
  });

  test.each([
    ["needs.plan.result", "needs.plans.result", "expression"],
    ["run: exit 1", "run: echo $PATH/*; exit", "shellcheck"],
    ["role: ${{ vars.PLAN_ROLE_ARN }}", "rolle: ${{ vars.PLAN_ROLE_ARN }}", "action"],
  ])("finds a mistake: %s", (from, to, kind) => {
    const { status, output } = actionlint(withMistake("drift.yml", from, to));
    expect([status, output]).toEqual([1, expect.stringContaining(`[${kind}]`)]);
  });
});

describeWith([SHELLCHECK], "ShellCheck", () => {
  // actionlint has it look at the workflows' code, but not at the actions'.
  test("finds nothing in the actions' code", () => {
    const code = jobs(sources).flatMap(([, job]) => steps(sources, job).map(({ run = "" }) => run));
    for (const input of new Set(code)) {
      const { stdout } = spawnSync("shellcheck", ["--shell=bash", "-"], {
        input,
        encoding: "utf8",
      });
      expect(stdout).toBe("");
    }
  });
});

describeWith([ZIZMOR], "zizmor", () => {
  const options = ["--offline", "--persona=auditor", "--strict-collection", "--quiet"];
  const zizmor = (from: Sources) => lint(from, "zizmor", ...options, ".github");

  test("finds no danger", () => {
    expect(zizmor(sources)).toMatchObject({ status: 0 });
  });

  test.each([
    ["persist-credentials: false", "fetch-depth: 1", "artipacked"],
    ["pull_request:", "pull_request_target:", "dangerous-triggers"],
    ["run: exit 1", "run: echo ${{ github.head_ref }}", "template-injection"],
  ])("finds a danger: %s", (from, to, audit) => {
    const { status, output } = zizmor(withMistake("plan.yml", from, to));
    expect(status).not.toBe(0);
    expect(output).toContain(audit);
  });
});
