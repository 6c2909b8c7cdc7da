import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { comment } from "../../../src/tools/plan-review/comment";
import { parsePlan } from "../../../src/tools/plan-review/plan";
import { summarise } from "../../../src/tools/plan-review/summary";
import { terminalTable } from "../../../src/tools/plan-review/change-table";
import { describeWith, TERRAFORM } from "../../helpers/tools";

jest.setTimeout(60_000);

const sensitive = (text: string) => `\${sensitive("${text}")}`;

/** What is deployed: Terraform's own resources alone, which need no provider. */
const BEFORE = {
  resource: {
    terraform_data: {
      broken: { input: "a" },
      cause: { input: "a" },
      disk: { input: "data", triggers_replace: { size: 8 } },
      effect: {},
      gone: { count: 2, input: "b" },
      handed_over: { input: "a" },
      login: { input: { user: "admin", password: sensitive("correct horse battery staple") } },
      name_before: { input: "a" },
      same: { input: "same" },
      swapped: { triggers_replace: "a", lifecycle: { create_before_destroy: true } },
    },
  },
  output: {
    changed: { value: "a" },
    password: { value: sensitive("correct horse battery staple"), sensitive: true },
    removed: { value: "b" },
  },
};

/** What is planned: everything that can happen to a resource, each to one. */
const AFTER = {
  resource: {
    terraform_data: {
      broken: { input: "a" },
      cause: { input: "b" },
      disk: { input: "data", triggers_replace: { size: 16 } },
      effect: { lifecycle: { replace_triggered_by: ["terraform_data.cause"] } },
      found: {},
      gone: { count: 1, input: "b" },
      login: { input: { user: "root", password: sensitive("another horse entirely") } },
      made: { input: "${terraform_data.disk.id}" },
      name_after: { input: "a" },
      same: { input: "same" },
      swapped: { triggers_replace: "b", lifecycle: { create_before_destroy: true } },
    },
  },
  moved: [{ from: "terraform_data.name_before", to: "terraform_data.name_after" }],
  removed: [{ from: "terraform_data.handed_over", lifecycle: { destroy: false } }],
  import: [{ to: "terraform_data.found", id: "elsewhere" }],
  output: {
    added: { value: ["d"] },
    changed: { value: "c" },
    password: { value: sensitive("another horse entirely"), sensitive: true },
  },
  check: {
    health: {
      assert: [
        { condition: '${terraform_data.same.input == "b"}', error_message: "It is not well." },
      ],
    },
  },
};

describeWith([TERRAFORM], "a plan that Terraform makes", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), "proxy-fleet-plan-"));
    write(BEFORE);
    terraform("init");
    terraform("apply", "-auto-approve");
    terraform("taint", "terraform_data.broken");
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function terraform(...args: string[]): string {
    const { stdout } = spawnSync("terraform", args, {
      cwd: directory,
      env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_WORKSPACE: undefined },
      encoding: "utf8",
    });
    return stdout;
  }

  function write(stack: object): void {
    writeFileSync(path.join(directory, "stack.tf.json"), JSON.stringify(stack));
  }

  function planned(stack: object) {
    write(stack);
    terraform("plan", "-input=false", "-out=plan");
    return {
      summary: summarise(parsePlan(terraform("show", "-json", "plan"), "plan.json")),
      text: terraform("show", "-no-color", "plan"),
    };
  }

  test("is a table in the terminal, and one in the comment with Terraform's own text below", () => {
    const { summary, text } = planned(AFTER);
    expect(terminalTable(summary).split("\n")).toEqual([
      "destroy  terraform_data.gone[1]      its index is beyond count",
      "replace  terraform_data.broken       tainted",
      "replace  terraform_data.disk         forced by triggers_replace",
      "replace  terraform_data.effect       forced by replace_triggered_by",
      "replace  terraform_data.swapped      forced by triggers_replace; the new one first",
      "forget   terraform_data.handed_over  not in the configuration",
      "create   terraform_data.made",
      "change   terraform_data.cause        input, output",
      "change   terraform_data.login        input, output",
      "import   terraform_data.found        imported from elsewhere",
      "move     terraform_data.name_after   moved from terraform_data.name_before",
      "output   added",
      "output   changed",
      "output   password",
      "output   removed",
      "check.health: It is not well.",
      "1 to destroy, 4 to replace, 1 to forget, 1 to create, 2 to change, 1 to import, 1 to move, 4 outputs change",
    ]);

    const markdown = comment({ region: "us-east-1", summary, text });
    const [, diff] = /```diff\n(.*?)\n```/s.exec(markdown)!;
    expect(markdown.replace(diff!, "…").replace(/Terraform [\d.]+/, "Terraform 1.x")).toBe(
      `<!-- proxy-fleet plan us-east-1 -->
### Plan for \`us-east-1\`: 1 to destroy, 4 to replace, 1 to forget, 1 to create, 2 to change, 1 to import, 1 to move, 4 outputs change

> [!CAUTION]
> Destroyed or replaced: 5 resources. Look at what goes with it.

| | Resource | What changes, and why |
| --- | --- | --- |
| **destroy** | **\`terraform_data.gone[1]\`** | **\`its index is beyond count\`** |
| **replace** | **\`terraform_data.broken\`** | **\`tainted\`** |
| **replace** | **\`terraform_data.disk\`** | **\`forced by triggers_replace\`** |
| **replace** | **\`terraform_data.effect\`** | **\`forced by replace_triggered_by\`** |
| **replace** | **\`terraform_data.swapped\`** | **\`forced by triggers_replace; the new one first\`** |
| forget | \`terraform_data.handed_over\` | \`not in the configuration\` |
| create | \`terraform_data.made\` |  |
| change | \`terraform_data.cause\` | \`input, output\` |
| change | \`terraform_data.login\` | \`input, output\` |
| import | \`terraform_data.found\` | \`imported from elsewhere\` |
| move | \`terraform_data.name_after\` | \`moved from terraform_data.name_before\` |

Outputs that change: \`added\`, \`changed\`, \`password\`, \`removed\`

Failed checks:
- \`check.health: It is not well.\`

<details><summary>The whole plan</summary>

\`\`\`diff
…
\`\`\`

</details>

<sub>Terraform 1.x</sub>`,
    );
    // With the signs in front, by which Markdown colours; secrets are masked by Terraform.
    expect(diff).toContain('-/+ resource "terraform_data" "disk" {');
    expect(diff).toContain("!           size = 8 -> 16");
    expect(diff).toContain("password = (sensitive value)");
    expect(markdown).not.toContain("another horse entirely");
  });

  test("that it has given up shows what there is of it", () => {
    const { summary } = planned({
      resource: {
        terraform_data: {
          ...BEFORE.resource.terraform_data,
          cause: { input: "b" },
          wrong: {
            depends_on: ["terraform_data.cause"],
            lifecycle: {
              precondition: [
                { condition: '${var.size == "large"}', error_message: "The size must be large." },
              ],
            },
          },
        },
      },
      output: BEFORE.output,
      variable: { size: { default: "small" } },
    });
    expect(terminalTable(summary).split("\n")).toEqual([
      "replace  terraform_data.broken  tainted",
      "change   terraform_data.cause   input, output",
      "terraform_data.wrong: The size must be large.",
      "Incomplete: 1 to replace, 1 to change",
    ]);
  });
});
