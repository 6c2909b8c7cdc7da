import { existsSync } from "node:fs";
import { fingerprint } from "../plan/fingerprint";
import { discardPlan, planFiles, readPlan } from "../plan/make-plan";
import { terraform, TerraformError } from "../state/terraform";
import { stackDirectory } from "../synthesis";
import { reportUserErrors, UserError } from "../user-error";
import { loadDeployment, requireTools } from "./deployment";

// The fingerprint of the plan that somebody has approved, on another machine perhaps.
const [approved] = process.argv.slice(2);

void reportUserErrors(() => {
  const deployment = loadDeployment("apply");
  requireTools(deployment);
  const { workspace } = deployment;
  const { region } = workspace;
  const { plan } = planFiles(workspace);
  if (!existsSync(plan)) {
    throw new UserError(`There is no plan of ${region}. Type: TF_WORKSPACE=${region} npm run plan`);
  }
  try {
    const planned = fingerprint(readPlan(workspace));
    if (approved !== undefined && approved !== planned) {
      throw new UserError(
        `The plan of ${region} is not the approved one: its fingerprint is ${planned}, and ` +
          `${approved} was approved. Something has changed since; look at the new plan.`,
      );
    }
    terraform(
      ["apply", "-input=false", plan],
      stackDirectory(workspace.root, workspace.stackId),
      { TF_WORKSPACE: region },
      "shown",
    );
  } catch (error) {
    throw error instanceof TerraformError ? new UserError(error.message) : error;
  }
  // Applied once, Terraform would not take it again.
  discardPlan(workspace);
});
