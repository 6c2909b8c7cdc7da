import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { terraform, TerraformError, terraformWithLock } from "../terraform/terraform";
import type { WorkspaceProps } from "../terraform/backend-folder";
import { prepareWorkspace } from "../terraform/workspace";
import { outputDirectory, stackDirectory, synthesise } from "../terraform/synthesis";
import { UserError } from "../../common/user-error";
import { fingerprint } from "./fingerprint";
import { parsePlan, type Plan } from "./plan";

/** A plan of one region. */
export interface MadePlan {
  /** The plan; after a failure as much of it as Terraform had made, if any. */
  readonly plan?: Plan;
  /** The same in Terraform's own words, which mask what is sensitive. */
  readonly text?: string;
  /** The plan's fingerprint, if the plan is whole. */
  readonly fingerprint?: string;
  /** What kept Terraform from the whole plan, or keeps the plan from being applied. */
  readonly failure?: string;
  /** What the policy gate says of the rules that are waived. */
  readonly waivers?: string;
  /** What changed rules would do to the requests of the last days, in Markdown. */
  readonly preview?: string;
}

/** Whose plan it is. */
type PlanOf = Pick<WorkspaceProps, "root" | "stackId" | "region">;

/**
 * The files of a region's last plan. `plan.tfplan` is what Terraform applies; it has all secrets
 * in clear, and so stays on the machine. In the others Terraform has masked what is sensitive.
 */
export function planFiles({ root, stackId, region }: PlanOf) {
  const directory = path.join(outputDirectory(root, stackId), "plans", region);
  return {
    directory,
    plan: path.join(directory, "plan.tfplan"),
    comment: path.join(directory, "comment.md"),
    text: path.join(directory, "plan.txt"),
    result: path.join(directory, "result.json"),
  };
}

/** Removes a region's last plan, so that a plan that fails leaves none to be applied. */
export function discardPlan(of: PlanOf): void {
  const { directory } = planFiles(of);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}

/**
 * Synthesises, selects the workspace, initialises and plans.
 *
 * @param synthesiseStack writes the stack's Terraform JSON.
 */
export async function makePlan(
  workspace: WorkspaceProps,
  synthesiseStack = () => synthesise(workspace.root),
): Promise<MadePlan> {
  const { root, stackId, region } = workspace;
  const { plan: file } = planFiles(workspace);
  const directory = stackDirectory(root, stackId);
  const variables = { TF_WORKSPACE: region };
  try {
    synthesiseStack();
    prepareWorkspace(workspace);
    initialise(directory, variables);
    const args = ["plan", "-no-color", "-input=false", `-out=${file}`];
    await terraformWithLock(args, directory, variables, "hidden");
    return { ...readPlan(workspace), text: showPlan(workspace, "plain") };
  } catch (error) {
    if (!(error instanceof TerraformError || error instanceof UserError)) throw error;
    const failure = error.message;
    if (!existsSync(file)) return { failure };
    return { plan: readPlan(workspace).plan, text: showPlan(workspace, "plain"), failure };
  }
}

/** The plan in Terraform's own words. */
export function showPlan(workspace: WorkspaceProps, style: "coloured" | "plain"): string {
  const { root, stackId, region } = workspace;
  const colour = style === "coloured" ? [] : ["-no-color"];
  const args = ["show", ...colour, planFiles(workspace).plan];
  return terraform(args, stackDirectory(root, stackId), { TF_WORKSPACE: region });
}

function initialise(directory: string, variables: { TF_WORKSPACE: string }): void {
  try {
    terraform(["init", "-no-color", "-input=false"], directory, variables);
  } catch (error) {
    if (!(error instanceof TerraformError)) throw error;
    const help =
      "Providers come from registry.terraform.io, unless provider_installation in Terraform's own configuration " +
      "names a mirror: https://developer.hashicorp.com/terraform/cli/config/config-file";
    throw new UserError(`terraform init has failed. ${help}\n\n${error.message}`);
  }
}

/** The region's plan, as the file has it that Terraform would apply, and its fingerprint. */
export function readPlan(workspace: WorkspaceProps): { plan: Plan; fingerprint: string } {
  const { root, stackId, region } = workspace;
  const { plan: file } = planFiles(workspace);
  const directory = stackDirectory(root, stackId);
  const json = terraform(["show", "-no-color", "-json", file], directory, { TF_WORKSPACE: region });
  const plan = parsePlan(json, file);
  const stack = readFileSync(path.join(directory, "cdk.tf.json"), "utf8");
  return { plan, fingerprint: fingerprint(plan, stack) };
}
