import { setTimeout as sleep } from "node:timers/promises";
import {
  CancelCommandCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
  type GetCommandInvocationResult,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { explainAwsError, nameOf } from "../../common/aws-errors";
import { UserError } from "../../common/user-error";

/** How long the instance's agent may take to fetch the command; AWS takes no less than 30 seconds. */
const DELIVERY_TIMEOUT_SECONDS = 60;

/** How often AWS is asked, and how often somebody who waits is told that it goes on. */
const POLL_MS = 1_000;
const PROGRESS_MS = 15_000;

/**
 * How much of each stream AWS keeps, in characters.
 * Source: GetCommandInvocation, AWS Systems Manager API reference.
 */
const KEPT = { stdout: 24_000, stderr: 8_000 };

/** How much longer than delivery and script together the whole may take. */
const MARGIN_SECONDS = 30;

const ONGOING: readonly string[] = ["Pending", "InProgress", "Delayed", "Cancelling"];

/** The exit status of a script that did not run. Source: as for {@link KEPT}. */
const NOT_RUN = -1;

const WHAT_TO_LOOK_AT =
  "If it lasts: the instance reaches Systems Manager through the proxy only, so look whether the proxies are " +
  "healthy and let .amazonaws.com pass (aws logs tail of the output log_group), and at the instance's first boot " +
  "(aws ec2 get-console-output).";

export interface RunCommandProps {
  readonly client: SSMClient;
  readonly instanceId: string;
  /** A bash script. */
  readonly script: string;
  /** Variables that the script finds exported. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long the script may run, before the instance's agent ends it. */
  readonly executionTimeoutSeconds: number;
  /** Told each change of the command's status and, every 15 seconds, that it has not changed. */
  readonly progress: (line: string) => void;
  /** Ends the waiting, and the command with it. */
  readonly signal: AbortSignal;
}

/** How a script ended, and what it said: of each stream, what AWS keeps. */
export interface CommandResult {
  /** The script's exit status. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a script as root on an instance, by Run Command of AWS Systems Manager, and waits for its end.
 *
 * @throws UserError when the instance cannot be reached or takes too long, when the command is
 *   cancelled, or when the credentials are missing, expired or insufficient.
 */
export async function runCommand(props: RunCommandProps): Promise<CommandResult> {
  const { client, instanceId, executionTimeoutSeconds } = props;
  try {
    const { Command } = await client.send(
      new SendCommandCommand({
        InstanceIds: [instanceId],
        DocumentName: "AWS-RunShellScript",
        TimeoutSeconds: DELIVERY_TIMEOUT_SECONDS,
        Parameters: {
          commands: commandLines(props),
          executionTimeout: [String(executionTimeoutSeconds)],
        },
      }),
    );
    return resultOf(await invocationAtItsEnd(Command?.CommandId, props), props);
  } catch (error) {
    throw await explain(error, props);
  }
}

/**
 * The agent makes a file of the lines and runs it, so the first one chooses the shell.
 * Source: agent/plugins/runscript in https://github.com/aws/amazon-ssm-agent.
 */
function commandLines({ environment, script }: RunCommandProps): string[] {
  const variables = Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  return ["#!/bin/bash", ...variables, ...script.split("\n")];
}

/** The SDK's own waiter tells nothing of the status and goes on after any error. */
async function invocationAtItsEnd(
  CommandId: string | undefined,
  { client, instanceId, executionTimeoutSeconds, progress, signal }: RunCommandProps,
): Promise<GetCommandInvocationResult> {
  const start = Date.now();
  const limitSeconds = DELIVERY_TIMEOUT_SECONDS + executionTimeoutSeconds + MARGIN_SECONDS;
  let [told, toldStatus] = [start, ""];
  try {
    for (;;) {
      const invocation = await invocationOf(CommandId, instanceId, client);
      const { Status: status = "" } = invocation;
      if (!ONGOING.includes(status)) return invocation;
      const now = Date.now();
      if (now - start > limitSeconds * 1000) {
        throw new UserError(
          `After ${limitSeconds} s the command on ${instanceId} is still ${status}, and AWS is asked to cancel it. Try again later.`,
        );
      }
      if (status !== toldStatus || now - told >= PROGRESS_MS) {
        [told, toldStatus] = [now, status];
        progress(`${instanceId}: ${status} after ${Math.round((now - start) / 1000)} s`);
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  } catch (error) {
    // Nobody waits for it any longer. That this fails, too, must not hide why.
    const cancel = new CancelCommandCommand({ CommandId, InstanceIds: [instanceId] });
    await client.send(cancel).catch((failure: unknown) => {
      progress(
        `${instanceId}: the command could not be cancelled, and may go on for ${executionTimeoutSeconds} s: ${String(failure)}`,
      );
    });
    throw error;
  }
}

async function invocationOf(
  CommandId: string | undefined,
  InstanceId: string,
  client: SSMClient,
): Promise<GetCommandInvocationResult> {
  try {
    return await client.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
  } catch (error) {
    // A moment after it was sent, a command may not be known everywhere.
    if (nameOf(error) === "InvocationDoesNotExist") return { Status: "Pending" };
    throw error;
  }
}

function resultOf(
  invocation: GetCommandInvocationResult,
  { instanceId, executionTimeoutSeconds, progress }: RunCommandProps,
): CommandResult {
  const {
    StatusDetails: details = "",
    ResponseCode: status = NOT_RUN,
    StandardOutputContent: stdout = "",
    StandardErrorContent: stderr = "",
  } = invocation;
  // The reference has some of them with blanks, which AWS does not send.
  switch (details.replaceAll(" ", "")) {
    case "Success":
    case "Failed":
      if (status === NOT_RUN) break;
      if (stdout.length >= KEPT.stdout || stderr.length >= KEPT.stderr) {
        progress(
          `${instanceId} said more than Run Command keeps (${KEPT.stdout} characters, of errors ${KEPT.stderr}): the rest is missing.`,
        );
      }
      return { status, stdout, stderr };
    case "DeliveryTimedOut":
    case "Undeliverable":
      throw new UserError(
        `${instanceId} did not take the command within ${DELIVERY_TIMEOUT_SECONDS} s: it is stopped, or has lost its connection. ${WHAT_TO_LOOK_AT}`,
      );
    case "ExecutionTimedOut":
      throw new UserError(
        `The script took more than ${executionTimeoutSeconds} s on ${instanceId} and was ended. Try again; if that does not help: npm run connect`,
      );
    case "Cancelled":
      throw new UserError(`Somebody has cancelled the command on ${instanceId}. Try again.`);
  }
  throw new UserError(
    `The command on ${instanceId} did not run: its status is ${details}. What that means: ` +
      "https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html",
  );
}

/** What the errors of AWS mean here and what to do about them; others pass unchanged. */
async function explain(error: unknown, { client, instanceId }: RunCommandProps): Promise<unknown> {
  const { message } = error as { message?: string };
  switch (nameOf(error)) {
    case "InvalidInstanceId":
      return new UserError(
        `${instanceId} is not connected to Systems Manager. After its start that takes three or four minutes. ${WHAT_TO_LOOK_AT}`,
      );
    case "AccessDeniedException":
      return new UserError(
        `These credentials may not run commands; needed are ssm:SendCommand, ssm:GetCommandInvocation and ssm:CancelCommand. AWS says: ${message}`,
      );
    case "ABORT_ERR":
      return new UserError(`Interrupted. AWS is asked to cancel the command on ${instanceId}.`);
    default:
      return explainAwsError(error, await client.config.region());
  }
}
