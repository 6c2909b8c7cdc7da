import { readFileSync } from "node:fs";
import path from "node:path";
import { comment } from "../plan-review/comment";
import { parsePlan } from "../plan-review/plan";
import { summarise } from "../plan-review/summary";
import { terminalTable } from "../plan-review/change-table";
import { reportUserErrors, UserError } from "../../common/user-error";
import { workflowRun } from "./workflow-run";

const USAGE = "npm run plan:summary -- <plan.json> [--markdown]";

void reportUserErrors(() => {
  const args = process.argv.slice(2);
  const [file, ...others] = args.filter((arg) => arg !== "--markdown");
  if (file === undefined || file.startsWith("-") || others.length > 0) {
    const given =
      args.length === 0 ? "No file is named" : `${JSON.stringify(args.join(" "))} is not one file`;
    throw new UserError(`${given}. Type: ${USAGE}`);
  }
  const summary = summarise(parsePlan(read(file), file));
  if (!args.includes("--markdown")) {
    console.log(terminalTable(summary));
    return;
  }
  const region = process.env["TF_WORKSPACE"] || path.basename(file);
  console.log(comment({ region, summary, run: workflowRun(process.env, region) }));
});

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read (${(error as Error).message}). Type: ${USAGE}`);
  }
}
