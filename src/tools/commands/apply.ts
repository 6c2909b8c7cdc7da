import { existsSync } from "node:fs";
import { discardPlan, planFiles, readPlan } from "../plan-review/make-plan";
import { TerraformError, terraformWithLock } from "../terraform/terraform";
import type { WorkspaceProps } from "../terraform/backend-folder";
import { prepareWorkspace } from "../terraform/workspace";
import { stackDirectory } from "../terraform/synthesis";
import { reportUserErrors, UserError } from "../../common/user-error";
import { readArguments } from "./arguments";
import { loadDeployment, requireTools } from "./deployment";

void reportUserErrors(async () => {
  // The fingerprint of the plan that somebody has approved, on another machine perhaps.
  const [approved] = readArguments("apply", "fingerprint");
  if (approved !== undefined && !/^[0-9a-f]{64}$/.test(approved)) {
    throw new UserError(
      `${JSON.stringify(approved)} is no fingerprint of a plan. npm run plan prints it, 64 characters long.`,
    );
  }
  const deployment = loadDeployment("apply");
  requireTools(deployment);
  const { workspace } = deployment;
  if (!existsSync(planFiles(workspace).plan)) {
    throw new UserError(`There is no plan of ${workspace.region}. ${planAgain(workspace)}`);
  }
  // Says what is wrong with the credentials, or that the state is elsewhere than at the time of the plan.
  prepareWorkspace(workspace);
  try {
    requireApproved(workspace, approved);
    await applyPlan(workspace);
  } catch (error) {
    if (!(error instanceof TerraformError)) throw error;
    discardPlan(workspace);
    throw new UserError(
      `${error.message}\n\nOf this plan nothing more can be applied. ${planAgain(workspace)}`,
    );
  }
  // Terraform would not take it again.
  discardPlan(workspace);
});

function requireApproved(workspace: WorkspaceProps, approved: string | undefined): void {
  const { fingerprint } = readPlan(workspace);
  if (approved === undefined || approved === fingerprint) return;
  throw new UserError(
    `The plan of ${workspace.region} is not the approved one: its fingerprint is ${fingerprint}, and ` +
      `${approved} was approved. Something has changed since. ${planAgain(workspace)}`,
  );
}

async function applyPlan(workspace: WorkspaceProps): Promise<void> {
  const { root, stackId, region } = workspace;
  const colour = process.stdout.isTTY ? [] : ["-no-color"];
  await terraformWithLock(
    ["apply", ...colour, "-input=false", planFiles(workspace).plan],
    stackDirectory(root, stackId),
    { TF_WORKSPACE: region },
    "shown",
  );
}

function planAgain({ region }: WorkspaceProps): string {
  return `Type: TF_WORKSPACE=${region} npm run plan`;
}
