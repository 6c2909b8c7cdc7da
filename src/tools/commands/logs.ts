import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { PROJECT_ROOT } from "../../common/project-root";
import { reportUserErrors, UserError } from "../../common/user-error";
import { loadConfiguration } from "../../configuration/configuration";
import { ruleUsers } from "../../configuration/rules/rule-users";
import { fleetNames } from "../../fleet/names";
import { readLogEvents } from "../logs/log-events";
import { readableEvent } from "../logs/log-line";
import { parseLogOptions } from "../logs/options";

// The SDK is pinned; its notice that later versions need a later Node is no news to the user.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** Enough of a task's id to tell it from others. */
const ID_LENGTH = 8;

/** Prints the log of the region in `TF_WORKSPACE` for people, `npm run logs -- [options]`. */
void reportUserErrors(async () => {
  const { settings, environment } = loadConfiguration(PROJECT_ROOT, process.env);
  const { workspace: region } = environment;
  const options = parseLogOptions(
    process.argv.slice(2),
    ruleUsers(settings).map(({ name }) => name),
  );
  const mistakes = "mistakes" in options ? [...options.mistakes] : [];
  if (region === undefined) {
    mistakes.push(
      `TF_WORKSPACE is not set, and it is the fleet's region. Type: TF_WORKSPACE=${settings.regions[0]} npm run logs`,
    );
  }
  if ("mistakes" in options || region === undefined) throw new UserError(mistakes.join("\n"));
  const { since, filterPattern, follow } = options;
  const { logGroup } = fleetNames(settings.name);
  const events = readLogEvents({
    client: new CloudWatchLogsClient({ region }),
    from: new Date(Date.now() - since.ms),
    ...{ logGroup, filterPattern, follow },
  });
  let count = 0;
  for await (const { task, message } of events) {
    count++;
    console.log(`${task.slice(0, ID_LENGTH)}  ${readableEvent(message)}`);
  }
  if (count === 0) {
    const wanted = filterPattern === undefined ? "Nothing" : "No such line";
    console.error(`${wanted} is in ${logGroup} of ${region} in the last ${since.text}.`);
  }
});

// Ctrl-C ends what follows, as it should.
process.once("SIGINT", () => process.exit());

// A reader, such as `head`, that has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
