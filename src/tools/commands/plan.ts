import { appendFileSync } from "node:fs";
import { PROJECT_ROOT } from "../../common/project-root";
import { discardPlan, makePlan, showPlan, type MadePlan } from "../plan-review/make-plan";
import { printable } from "../../common/printable";
import { reportPlan, writeReport, type PlanReport } from "../plan-review/plan-report";
import { terminalTable } from "../plan-review/change-table";
import { ruleChanges } from "../plan-review/rule-changes";
import { planPreview } from "../rules/plan-preview";
import { passes } from "../gate/evaluate";
import { report as policyReport } from "../gate/evaluation-report";
import { REGION_PATTERN } from "../../common/regions";
import { STACK_ID } from "../../fleet/names";
import { reportUserErrors, UserError } from "../../common/user-error";
import { readArguments } from "./arguments";
import { loadDeployment, requireTools } from "./deployment";
import { evaluateStack } from "../gate/evaluate-stack";
import { workflowRun } from "./workflow-run";

// The SDK is pinned; its notice that later versions need a later Node is no news to the user.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

void reportUserErrors(async () => {
  readArguments("plan");
  const region = process.env["TF_WORKSPACE"] ?? "";
  // Without a region there is nothing to report on.
  if (!REGION_PATTERN.test(region)) loadDeployment("plan");
  discardPlan({ root: PROJECT_ROOT, stackId: STACK_ID, region });

  const made = await attempt();
  const report = reportPlan(region, made, workflowRun(process.env, region), process.env);
  writeReport(PROJECT_ROOT, region, report);
  tellWorkflow(report);

  if (report.summary !== undefined) {
    if (report.result !== "no-changes") {
      console.log(`${(made.coloured ?? printable(made.text ?? "")).trim()}\n`);
    }
    console.log(terminalTable(report.summary));
  }
  if (report.failure !== undefined) throw new UserError(report.failure);
  if (report.result === "changes") {
    console.log(`To make just these changes, type: npm run apply -- ${report.fingerprint}`);
  }
});

/** A plan as it was made, with what only this command adds. */
interface Attempt extends MadePlan {
  /** Terraform's text for a terminal. */
  readonly coloured?: string;
}

async function attempt(): Promise<Attempt> {
  try {
    const deployment = loadDeployment("plan");
    requireTools(deployment);
    const { workspace, settings, rules } = deployment;
    const made = await makePlan(workspace);
    if (made.plan === undefined || made.failure !== undefined) return made;

    const coloured = process.stdout.isTTY ? showPlan(workspace, "coloured") : undefined;
    const evaluation = evaluateStack(workspace.root, settings);
    const gate = policyReport(evaluation);
    if (!passes(evaluation))
      return { ...made, coloured, failure: `The policy gate stops this:\n${gate}` };
    const { region } = workspace;
    const isRead = workflowRun(process.env, region) !== undefined;
    const preview =
      isRead && ruleChanges(made.plan).length > 0
        ? await planPreview({ settings, rules, region })
        : undefined;
    return { ...made, coloured, preview, ...(evaluation.waived.length > 0 && { waivers: gate }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { failure: error.message };
  }
}

/** Gives the report to the workflow of GitHub that this is a step of, if it is one. */
function tellWorkflow({ comment, result, fingerprint }: PlanReport): void {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = process.env;
  if (summary) appendFileSync(summary, `${comment}\n`);
  if (outputs) appendFileSync(outputs, `result=${result}\nfingerprint=${fingerprint ?? ""}\n`);
}
