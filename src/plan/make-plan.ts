import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { terraform, TerraformError } from "../state/terraform";
import { prepareWorkspace, type WorkspaceProps } from "../state/workspace";
import { stackDirectory, synthesise } from "../synthesis";
import { UserError } from "../user-error";
import { parsePlan, type Plan } from "./plan";

/** A plan of one region. */
export interface MadePlan {
  /** The plan; after a failure as much of it as Terraform had made, if any. */
  readonly plan?: Plan;
  /** What kept Terraform from the whole plan. */
  readonly failure?: string;
}

/**
 * The files of a region's last plan. `plan.tfplan` is what Terraform applies; it has all secrets
 * in clear, and so stays on the machine. The others have them masked.
 */
export function planFiles({ root, region }: Pick<WorkspaceProps, "root" | "region">) {
  const directory = path.join(root, "cdktf.out", "plans", region);
  return {
    directory,
    plan: path.join(directory, "plan.tfplan"),
    comment: path.join(directory, "comment.md"),
    text: path.join(directory, "plan.txt"),
    result: path.join(directory, "result.json"),
  };
}

/** Removes a region's last plan, so that a plan that fails leaves none to be applied. */
export function discardPlan(of: Pick<WorkspaceProps, "root" | "region">): void {
  const { directory } = planFiles(of);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}

/**
 * Synthesises, selects the workspace, initialises and plans.
 *
 * @param output whether Terraform's own words on the plan are shown. They mask less than ours.
 */
export function makePlan(workspace: WorkspaceProps, output: "returned" | "shown"): MadePlan {
  const files = planFiles(workspace);
  const { root, stackId } = workspace;
  try {
    synthesise(root);
    prepareWorkspace(workspace);
    const run = (args: string[], how: "returned" | "shown" = "returned") =>
      terraform(args, stackDirectory(root, stackId), { TF_WORKSPACE: workspace.region }, how);
    run(["init", "-no-color", "-input=false"]);
    const colour = output === "shown" ? [] : ["-no-color"];
    run(["plan", ...colour, "-input=false", `-out=${files.plan}`], output);
    return { plan: readPlan(workspace) };
  } catch (error) {
    if (!(error instanceof TerraformError || error instanceof UserError)) throw error;
    const failure = plain(error.message);
    return existsSync(files.plan) ? { plan: readPlan(workspace), failure } : { failure };
  }
}

/** The region's plan, as the file has it that Terraform would apply. */
export function readPlan(workspace: WorkspaceProps): Plan {
  const { plan } = planFiles(workspace);
  const { root, stackId } = workspace;
  const json = terraform(["show", "-no-color", "-json", plan], stackDirectory(root, stackId), {
    TF_WORKSPACE: workspace.region,
  });
  return parsePlan(json, plan);
}

/** Terraform's message without colours and the frames around its parts. */
function plain(message: string): string {
  return stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => !/^[╷╵]\s*$/.test(line))
    .map((line) => line.replace(/^│ ?/, ""))
    .join("\n")
    .trim();
}
