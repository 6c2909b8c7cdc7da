import { rmSync, writeFileSync } from "node:fs";
import { comment, type Report } from "./comment";
import { planFiles, type MadePlan } from "./make-plan";
import { STACK_ID } from "../../fleet/names";
import { masked, printable } from "../../common/printable";
import { changesAnything, summarise, type Summary } from "./summary";

/** How a plan ended, for a workflow to go on by. */
export interface PlanResult {
  readonly result: "changes" | "no-changes" | "failed";
  /** The fingerprint of the changes, for `apply` to compare; none after a failure. */
  readonly fingerprint?: string;
}

/** Environment variables whose values no message may repeat. */
const CREDENTIALS = [
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "GITHUB_TOKEN",
];

/** What people and workflows read of a plan. */
export interface PlanReport extends PlanResult {
  readonly summary?: Summary;
  readonly failure?: string;
  /** The plan as a comment in Markdown. */
  readonly comment: string;
  /** The whole plan as text; what went wrong, after a failure. */
  readonly text: string;
}

/**
 * Reports on a plan that has been made, or could not be.
 *
 * @param variables the environment, whose credentials are masked in messages.
 */
export function reportPlan(
  region: string,
  made: MadePlan,
  run: Report["run"],
  variables: Readonly<Record<string, string | undefined>>,
): PlanReport {
  const summary = made.plan && summarise(made.plan);
  // Terraform's messages may quote a request, and so what is in the environment.
  const credentials = CREDENTIALS.map((name) => variables[name] ?? "");
  const failure = made.failure && printable(masked(made.failure, credentials));
  return {
    ...resultOf(made, summary),
    summary,
    failure,
    comment: comment({
      region,
      summary,
      text: made.text,
      failure,
      waivers: made.waivers,
      preview: made.preview,
      run,
    }),
    text: [failure, made.text].filter((part) => part).join("\n\n"),
  };
}

/** Writes the report beside the plan. A plan that failed goes: it is not to be applied. */
export function writeReport(root: string, region: string, report: PlanReport): void {
  const files = planFiles({ root, stackId: STACK_ID, region });
  const { result, fingerprint } = report;
  writeFileSync(files.comment, `${report.comment}\n`);
  writeFileSync(files.text, `${report.text}\n`);
  writeFileSync(files.result, `${JSON.stringify({ result, fingerprint })}\n`);
  if (result === "failed") rmSync(files.plan, { force: true });
}

function resultOf({ fingerprint, failure }: MadePlan, summary: Summary | undefined): PlanResult {
  if (failure !== undefined || summary === undefined) return { result: "failed" };
  return { result: changesAnything(summary) ? "changes" : "no-changes", fingerprint };
}
