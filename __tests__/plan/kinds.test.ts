import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { comment, MAX_COMMENT_LENGTH } from "../../src/plan/comment";
import { parsePlan } from "../../src/plan/plan";
import { summarise } from "../../src/plan/summary";
import { terminalTable } from "../../src/plan/table";
import { synthFleet } from "../helpers/fleet";
import { expectGolden } from "../helpers/golden";
import { describeWith, TERRAFORM } from "../helpers/tools";
import { KINDS, THOUSAND, type Kind } from "./kinds";

/**
 * A folder for each kind of plan: `plan.json` is what `terraform show -json` printed, or was
 * written after its documentation where a plan of the kind takes a provider; beside it is what a
 * reviewer reads. `UPDATE_GOLDEN=1 npx jest __tests__/plan/kinds.test.ts` writes them anew.
 */
const PLANS = path.join(__dirname, "plans");
const UPDATE = process.env["UPDATE_GOLDEN"] === "1";
const RUN = {
  url: "https://github.com/example/proxy-fleet/actions/runs/1",
  commit: "abc1234",
  artifact: "plan-us-east-1",
};

function rendered(json: string) {
  const summary = summarise(parsePlan(json, "plan.json"));
  return {
    "comment.md": `${comment({ region: "us-east-1", summary, run: RUN })}\n`,
    "table.txt": `${terminalTable(summary)}\n`,
  };
}

/** Has Terraform make the plan in a folder of its own. */
function planned({ before, commands = [], after }: Kind): string {
  const directory = mkdtempSync(path.join(tmpdir(), "proxy-fleet-plan-"));
  const terraform = (...args: string[]) => {
    const { stdout } = spawnSync("terraform", args, {
      cwd: directory,
      env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_WORKSPACE: undefined },
      encoding: "utf8",
      maxBuffer: Infinity,
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
    return steady(terraform("show", "-json", "plan"));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Without what differs from run to run: ids, times, and Terraform's own version. */
function steady(json: string): string {
  const ids = new Map<string, string>();
  return json
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      if (!ids.has(id)) ids.set(id, `id-${ids.size + 1}`);
      return ids.get(id)!;
    })
    .replace(/"timestamp":"[^"]*"/, '"timestamp":"2026-01-01T00:00:00Z"')
    .replaceAll(/"terraform_version":"[^"]*"/g, '"terraform_version":"1.11.4"');
}

const kinds = readdirSync(PLANS);

test("there is a plan of every kind", () => {
  expect(kinds).toEqual(expect.arrayContaining(Object.keys(KINDS)));
});

describe.each(kinds)("%s", (kind) => {
  const read = (file: string) => readFileSync(path.join(PLANS, kind, file), "utf8");

  test.each(["comment.md", "table.txt"] as const)("%s", (file) => {
    expectGolden(path.join(PLANS, kind, file), rendered(read("plan.json"))[file]);
  });
});

describeWith([TERRAFORM], "plans that Terraform makes now are those of the folders", () => {
  test.each(Object.entries(KINDS))(
    "%s",
    (kind, stacks) => {
      const json = planned(stacks);
      const file = path.join(PLANS, kind, "plan.json");
      if (UPDATE) writeFileSync(file, `${JSON.stringify(JSON.parse(json), null, 2)}\n`);
      expect(existsSync(file)).toBe(true);
      expect(rendered(json)).toEqual(rendered(readFileSync(file, "utf8")));
    },
    60_000,
  );

  test("a thousand resources fit", () => {
    const markdown = rendered(planned(THOUSAND))["comment.md"];
    expect(markdown.length).toBeLessThanOrEqual(MAX_COMMENT_LENGTH + 1);
    expect(markdown).toContain("### Plan for `us-east-1`: 1000 to create\n");
    expect(markdown).toMatch(/\| … \| \d+ resources more \| in the plan below \|/);
    expect(markdown).toMatch(/cut after \d+ of 4999 lines/);
    expect(markdown).toContain(
      '<a href="https://github.com/example/proxy-fleet/actions/runs/1#artifacts"><code>plan-us-east-1</code></a>',
    );
    expect(markdown).toContain("\n```\n\n</details>\n");
  }, 60_000);
});

test("the whole fleet, made for the first time, is one comment", () => {
  const { resource } = synthFleet({ account: "standard" });
  const resource_changes = Object.entries(resource).flatMap(([type, blocks]) =>
    Object.entries(blocks).map(([name, block]) => ({
      address: `${type}.${name}`,
      mode: "managed",
      type,
      change: { actions: ["create"], before: null, after: { ...block, "//": undefined } },
    })),
  );
  const json = JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: {},
    resource_changes,
  });
  const markdown = rendered(json)["comment.md"];
  expect(markdown).toContain("<summary>The whole plan</summary>");
  expect(resource_changes.length).toBeGreaterThan(50);
  expect(resource_changes.filter(({ address }) => !markdown.includes(`\`${address}\``))).toEqual(
    [],
  );
});
