import { appendFileSync } from "node:fs";
import path from "node:path";
import { discardPlan, makePlan, type MadePlan } from "../plan/make-plan";
import { reportPlan, writeReport, type PlanReport } from "../plan/report";
import { terminalTable } from "../plan/table";
import { fullText } from "../plan/text";
import { REGION_PATTERN } from "../region/regions";
import { reportUserErrors, UserError } from "../user-error";
import { loadDeployment, requireTools } from "./deployment";
import { workflowRun } from "./workflow-run";

const PROJECT_ROOT = path.resolve(__dirname, "../..");

// In a log, which others read, our text of the plan masks more than Terraform's.
const output = process.stdout.isTTY ? "shown" : "returned";

void reportUserErrors(() => {
  const region = process.env["TF_WORKSPACE"] ?? "";
  // Without a region there is nothing to report on.
  if (!REGION_PATTERN.test(region)) loadDeployment("plan");
  discardPlan({ root: PROJECT_ROOT, region });

  const report = reportPlan(region, attempt(), workflowRun(process.env, region), process.env);
  writeReport(PROJECT_ROOT, region, report);
  tellWorkflow(report);

  if (report.summary !== undefined) {
    const text = output === "returned" ? fullText(report.summary) : "";
    console.log(`${text}\n\n${terminalTable(report.summary)}`.trimStart());
  }
  if (report.failure !== undefined) throw new UserError(report.failure);
  if (report.result === "changes") {
    console.log(`To make just these changes, type: npm run apply -- ${report.fingerprint}`);
  }
});

function attempt(): MadePlan {
  try {
    const deployment = loadDeployment("plan");
    requireTools(deployment);
    return makePlan(deployment.workspace, output);
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
