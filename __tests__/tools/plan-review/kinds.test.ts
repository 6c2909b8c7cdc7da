import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { comment } from "../../../src/tools/plan-review/comment";
import { parsePlan } from "../../../src/tools/plan-review/plan";
import { summarise } from "../../../src/tools/plan-review/summary";
import { terminalTable } from "../../../src/tools/plan-review/change-table";
import { describeWith, TERRAFORM } from "../../helpers/tools";
import { KINDS, type Kind } from "./kinds";

/** Has Terraform make the plan in a folder of its own, and show it as JSON and as text. */
function planned({ before, commands = [], after }: Kind) {
  const directory = mkdtempSync(path.join(tmpdir(), "proxy-fleet-plan-"));
  const terraform = (...args: string[]) => {
    const { stdout } = spawnSync("terraform", args, {
      cwd: directory,
      env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_WORKSPACE: undefined },
      encoding: "utf8",
    });
    return stdout;
  };
  const write = (stack: object) =>
    writeFileSync(path.join(directory, "stack.tf.json"), JSON.stringify(stack));
  try {
    write(before ?? {});
    terraform("init");
    if (before !== undefined) terraform("apply", "-auto-approve");
    for (const command of commands) terraform(...command);
    write(after);
    // Whether it succeeds is part of the kind.
    terraform("plan", "-input=false", "-out=plan");
    return {
      summary: summarise(parsePlan(terraform("show", "-json", "plan"), "plan.json")),
      text: terraform("show", "-no-color", "plan"),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describeWith([TERRAFORM], "a plan that Terraform makes", () => {
  test.each(Object.entries(KINDS))(
    "%s",
    (_, kind) => {
      expect(terminalTable(planned(kind).summary).split("\n")).toEqual(kind.table);
    },
    60_000,
  );

  test("is in the comment as a table with Terraform's own text below", () => {
    const { summary, text } = planned(KINDS["replacement"]!);
    const lines = comment({ region: "us-east-1", summary, text }).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "### Plan for `us-east-1`: 1 to replace, 1 to change",
        "> Destroyed or replaced: 1 resource. Look at what goes with it.",
        "| **replace** | **`terraform_data.disk`** | **`forced by triggers_replace`** |",
        "| change | `terraform_data.on` | `input, output` |",
        // With the signs in front, by which Markdown colours.
        '-/+ resource "terraform_data" "disk" {',
        "!           size = 8 -> 16",
      ]),
    );
  }, 60_000);

  test("has its secrets masked by Terraform", () => {
    const { summary, text } = planned(KINDS["sensitive"]!);
    const markdown = comment({ region: "us-east-1", summary, text });
    expect(markdown).toContain("password = (sensitive value)");
    expect(markdown).not.toContain("another horse entirely");
  }, 60_000);
});
