import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient } from "@aws-sdk/client-ecs";
import { PROJECT_ROOT } from "../../common/project-root";
import { printableLine } from "../../common/printable";
import { UserError } from "../../common/user-error";
import { loadConfiguration } from "../../configuration/configuration";
import { fleetNames, STACK_ID } from "../../fleet/names";
import { OUTPUTS } from "../../fleet/outputs";
import { noFleet, readOutputs } from "../terraform/workspace";
import { readOptions, type Subcommand } from "./subcommand";
import { loggedRules, runningTasks, SAID_WITHIN_HOURS, type LoggedRules } from "./task-rules";

/** Says which version of the rules each running task has. Exit code 1: one has another than was deployed. */
export const status: Subcommand = {
  usage: "",
  async run(args) {
    readOptions("status", args, {}, [0, 0]);
    const { settings, environment } = loadConfiguration(PROJECT_ROOT, process.env);
    const { state, workspace: region } = environment;
    if (region === undefined) {
      throw new UserError(
        `TF_WORKSPACE is not set, and it is the fleet's region. Type: TF_WORKSPACE=${settings.regions[0]} npm run rules -- status`,
      );
    }
    const names = fleetNames(settings.name);
    const deployed = deployedVersion({
      ...{ root: PROJECT_ROOT, stackId: STACK_ID },
      ...{ state, fleet: settings.name, region },
    });
    const [tasks, logged] = await Promise.all([
      runningTasks(new ECSClient({ region }), names, region),
      loggedRules(new CloudWatchLogsClient({ region }), names.logGroup),
    ]);
    const rows = tasks.map((task) => ({ task, rules: logged.get(task) }));
    const others = rows.filter(({ rules }) => rules?.version !== deployed);
    console.log(`Deployed to ${region} are the rules ${deployed}.`);
    for (const { task, rules } of rows) console.log(`  ${task}  ${described(rules)}`);
    console.log(conclusion(tasks.length, others.length));
    if (others.length > 0 || tasks.length === 0) process.exitCode = 1;
  },
};

function deployedVersion(workspace: Parameters<typeof readOutputs>[0]): string {
  const outputs = readOutputs(workspace);
  const version = outputs[OUTPUTS.rulesVersion];
  if (typeof version === "string") return version;
  const { region } = workspace;
  throw new UserError(
    Object.keys(outputs).length === 0
      ? noFleet(workspace)
      : `The fleet of ${region} is deployed without a store of rules. Type: TF_WORKSPACE=${region} npm run deploy`,
  );
}

function described(rules: LoggedRules | undefined): string {
  if (rules === undefined) return `has named no rules in the last ${SAID_WITHIN_HOURS} hours`;
  const { version = "no rules", rejected, time } = rules;
  const refusal = rejected === undefined ? "" : `; then it took none: ${printableLine(rejected)}`;
  return `${version}, as of ${time}${refusal}`;
}

function conclusion(tasks: number, others: number): string {
  if (tasks === 0) return "No task runs.";
  if (others === 0) return tasks === 1 ? "The one task has them." : `All ${tasks} tasks have them.`;
  return (
    `${others} of ${tasks === 1 ? "1 task" : `${tasks} tasks`} ${others === 1 ? "does" : "do"} not have them, or did not say so. ` +
    "A change takes the proxies up to 20 seconds, and the log up to a minute more."
  );
}
