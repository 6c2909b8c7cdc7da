import { rmSync, writeFileSync } from "node:fs";
import { comment, type Report } from "./comment";
import { planFiles, type MadePlan } from "./make-plan";
import { printable } from "./printable";
import { Secrets } from "./secrets";
import { changesAnything, summarise, type Summary } from "./summary";
import { fullText } from "./text";

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

/** What people and workflows read of a plan, all of it without secrets. */
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
  const failure = made.failure && masked(made.failure, made, variables);
  return {
    ...resultOf(made, summary),
    summary,
    failure,
    comment: comment({ region, summary, failure, waivers: made.waivers, run }),
    text: [failure, ...(summary?.failedChecks ?? []), summary && fullText(summary)]
      .filter((part) => part)
      .join("\n\n"),
  };
}

/** Writes the report beside the plan. A plan that failed goes: it is not to be applied. */
export function writeReport(root: string, region: string, report: PlanReport): void {
  const files = planFiles({ root, region });
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

function masked(
  text: string,
  { plan }: MadePlan,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  const credentials = new Secrets(CREDENTIALS.map((name) => variables[name] ?? ""));
  const withoutCredentials = credentials.mask(text);
  return printable(
    plan === undefined ? withoutCredentials : Secrets.of(plan).mask(withoutCredentials),
  );
}
