import { setTimeout as sleep } from "node:timers/promises";
import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { explainLogError } from "./log-query";

/** The right that reading takes, on the log group. */
const READ_ACTIONS = ["logs:FilterLogEvents"];

/** An account has five such requests a second, or more. Source: CloudWatch Logs quotas. */
const POLL_MS = 2_000;

/** How much later than others an event may come, as tasks send theirs on their own. */
const LATE_MS = 60_000;

export interface LogEventsProps {
  readonly client: CloudWatchLogsClient;
  readonly logGroup: string;
  /** What is wanted. @default - everything */
  readonly filterPattern?: string;
  readonly from: Date;
  /** Whether to go on with what comes from now on, without end. */
  readonly follow: boolean;
}

export interface LogEvent {
  /** The id of the task that wrote it. */
  readonly task: string;
  readonly message: string;
}

/**
 * Reads the events of a log group, from old to new. CloudWatch filters, and nothing is paid for by
 * the byte, as it is with Logs Insights.
 *
 * @throws UserError where there is no such log group, and when the credentials are missing, expired or
 *   insufficient.
 */
export async function* readLogEvents(props: LogEventsProps): AsyncGenerator<LogEvent> {
  const { client, logGroup: logGroupName, filterPattern, follow } = props;
  /** When the events came that are printed and may be read again, by their ids. */
  const seen = new Map<string, number>();
  let startTime = props.from.getTime();
  try {
    for (;;) {
      let newest = 0;
      for await (const { events = [] } of paginateFilterLogEvents(
        { client },
        { logGroupName, filterPattern, startTime },
      )) {
        for (const { eventId = "", timestamp = 0, logStreamName = "", message = "" } of events) {
          newest = Math.max(newest, timestamp);
          if (seen.has(eventId)) continue;
          seen.set(eventId, timestamp);
          yield { task: logStreamName.replace(/^.*\//, ""), message };
        }
      }
      if (!follow) return;
      startTime = Math.max(startTime, newest - LATE_MS);
      for (const [id, timestamp] of seen) if (timestamp < startTime) seen.delete(id);
      await sleep(POLL_MS);
    }
  } catch (error) {
    throw await explainLogError(error, props, READ_ACTIONS);
  }
}
