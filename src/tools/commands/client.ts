import { PROJECT_ROOT } from "../../common/project-root";
import { printable } from "../../common/printable";
import { reportUserErrors, UserError } from "../../common/user-error";
import { loadClientConfiguration } from "../../configuration/client-configuration";
import { CLIENT_STACK_ID } from "../../fleet/names";
import { CLIENT_APP } from "../client/app";
import { evaluateClientStack } from "../gate/evaluate-stack";
import { passes } from "../gate/evaluate";
import { report } from "../gate/evaluation-report";
import { terminalTable } from "../plan-review/change-table";
import { discardPlan, makePlan, showPlan } from "../plan-review/make-plan";
import { summarise } from "../plan-review/summary";
import { placeOf, type WorkspaceProps } from "../terraform/backend-folder";
import { runCdktf } from "../terraform/cdktf";
import { kindOfStack } from "../terraform/stack-kind";
import { synthesiseBeside } from "../terraform/synthesis";
import { requireTerraform } from "../terraform/terraform";
import { noFleet, prepareWorkspace, readResources } from "../terraform/workspace";

/**
 * What npm run client:… does with a consumer's clients: plan, deploy or destroy them. The argument, which the
 * script gives, says which; what follows are options of cdktf.
 */
void reportUserErrors(async () => {
  const [command = "", ...options] = process.argv.slice(2);
  const { settings, environment } = loadClientConfiguration(PROJECT_ROOT, process.env);
  const { state, workspace: region } = environment;
  if (region === undefined) {
    throw new UserError(
      `TF_WORKSPACE is not set, and it is the region of the clients: ${settings.regions.join(", ")}. ` +
        `Type: TF_WORKSPACE=${settings.regions[0]} npm run client:${command}`,
    );
  }
  const { name } = settings;
  const workspace = { root: PROJECT_ROOT, stackId: CLIENT_STACK_ID, state, fleet: name, region };
  requireTerraform(PROJECT_ROOT);
  if (command === "plan") return plan(workspace, settings.account);
  if (command === "destroy" && readResources(workspace).length === 0) {
    throw new UserError(`There is nothing to destroy. ${noFleet(workspace)}`);
  }
  prepareWorkspace(workspace);
  const { states } = kindOfStack(CLIENT_STACK_ID);
  console.log(
    `Workspace ${region} of the consumer ${name} is ready. Its state is in ${placeOf(state, states)}.`,
  );
  // Selected by now; the variable would make cdktf's `terraform init` ask for it.
  process.exitCode = runCdktf(CLIENT_APP, [command, ...options], { TF_WORKSPACE: region });
});

/** Shows what a deployment would change, and holds it against the policy gate. */
async function plan(
  workspace: WorkspaceProps,
  account: Parameters<typeof evaluateClientStack>[1],
): Promise<void> {
  discardPlan(workspace);
  const made = await makePlan(workspace, () => synthesiseBeside(CLIENT_APP));
  if (made.plan !== undefined) {
    const text = process.stdout.isTTY
      ? showPlan(workspace, "coloured")
      : printable(made.text ?? "");
    console.log(`${text.trim()}\n\n${terminalTable(summarise(made.plan))}`);
  }
  // Nothing applies it: client:deploy makes its own, and asks.
  discardPlan(workspace);
  if (made.failure !== undefined) throw new UserError(made.failure);
  const evaluation = evaluateClientStack(PROJECT_ROOT, account);
  if (!passes(evaluation)) {
    throw new UserError(`The policy gate stops this:\n${report(evaluation)}`);
  }
}
