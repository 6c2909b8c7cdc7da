import { setTimeout as sleep } from "node:timers/promises";
import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  type GetQueryResultsResponse,
  StartQueryCommand,
  StopQueryCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { explainAwsError, nameOf } from "../../common/aws-errors";
import { UserError } from "../../common/user-error";

/**
 * The most rows that Logs Insights gives for a query, 10,000 at a time.
 * Source: StartQuery and GetQueryResults, Amazon CloudWatch Logs API reference.
 */
export const MAX_ROWS = 100_000;

const POLL_MS = 1_000;

/** Far more than a query takes over a week of a busy log. CloudWatch itself gives up after an hour. */
const LIMIT_SECONDS = 300;

const ONGOING: readonly string[] = ["Scheduled", "Running", "Unknown"];

/** The rights that a query takes, on the log group. */
export const QUERY_ACTIONS = ["logs:StartQuery", "logs:GetQueryResults"] as const;

export interface LogQueryProps {
  readonly client: CloudWatchLogsClient;
  readonly logGroup: string;
  /** In the language of Logs Insights. */
  readonly query: string;
  readonly from: Date;
  readonly to: Date;
}

/** A row's values by the names of its fields; a field without a value is not among them. */
export type Row = Readonly<Record<string, string>>;

export interface LogQueryResult {
  readonly rows: readonly Row[];
  /** How many lines of the log there are in that time, and how many of them the query wanted. */
  readonly linesScanned: number;
  readonly linesMatched: number;
}

/**
 * Asks CloudWatch Logs Insights, and waits for the answer.
 *
 * @throws UserError where there is no such log group, where the query takes too long, and when the
 *   credentials are missing, expired or insufficient.
 */
export async function queryLog(props: LogQueryProps): Promise<LogQueryResult> {
  const { client, logGroup, query, from, to } = props;
  try {
    const { queryId } = await client.send(
      new StartQueryCommand({
        logGroupName: logGroup,
        queryString: query,
        startTime: Math.floor(from.getTime() / 1000),
        endTime: Math.ceil(to.getTime() / 1000),
        limit: MAX_ROWS,
      }),
    );
    let page = await firstPage(queryId, props);
    const { recordsScanned = 0, recordsMatched = 0 } = page.statistics ?? {};
    const rows = rowsOf(page);
    while (page.nextToken !== undefined && rows.length < MAX_ROWS) {
      const { nextToken } = page;
      page = await client.send(new GetQueryResultsCommand({ queryId, nextToken }));
      rows.push(...rowsOf(page));
    }
    return { rows, linesScanned: recordsScanned, linesMatched: recordsMatched };
  } catch (error) {
    throw await explainLogError(error, props, QUERY_ACTIONS);
  }
}

async function firstPage(
  queryId: string | undefined,
  { client, from, to }: LogQueryProps,
): Promise<GetQueryResultsResponse> {
  const start = Date.now();
  for (;;) {
    const page = await client.send(new GetQueryResultsCommand({ queryId }));
    const { status = "Unknown" } = page;
    if (status === "Complete") return page;
    const shorter = `It was about ${from.toISOString()} to ${to.toISOString()}: ask for a shorter time.`;
    if (!ONGOING.includes(status)) {
      throw new UserError(
        `The query of CloudWatch Logs Insights has ended with the status ${status}. ${shorter}`,
      );
    }
    if (Date.now() - start > LIMIT_SECONDS * 1000) {
      // Nobody waits for it any longer. That it cannot be stopped, for want of logs:StopQuery, must not hide why.
      await client.send(new StopQueryCommand({ queryId })).catch(() => undefined);
      throw new UserError(
        `CloudWatch Logs Insights has not answered within ${LIMIT_SECONDS} s, and the query is still ${status}. ${shorter}`,
      );
    }
    await sleep(POLL_MS);
  }
}

function rowsOf({ results = [] }: GetQueryResultsResponse): Row[] {
  return results.map((fields) =>
    Object.fromEntries(
      fields.flatMap(({ field, value }) =>
        // What becomes of a null of JSON is not documented; no field of the log has these as a value.
        field === undefined || value === undefined || value === "" || value === "null"
          ? []
          : [[field, value]],
      ),
    ),
  );
}

/**
 * What the errors of AWS mean here and what to do about them; a defect of ours passes unchanged.
 *
 * @param actions the rights that it takes, on the log group.
 */
export async function explainLogError(
  error: unknown,
  { client, logGroup }: Pick<LogQueryProps, "client" | "logGroup">,
  actions: readonly string[],
): Promise<unknown> {
  const region = await client.config.region();
  const { message } = error as { message?: string };
  switch (nameOf(error)) {
    case "ResourceNotFoundException":
      return new UserError(
        `There is no log group ${logGroup} in ${region}: the fleet is not deployed there, or with another name.`,
      );
    case "AccessDeniedException":
      return new UserError(
        `These credentials may not query the log; needed are ${actions.join(", ")} on ${logGroup}. AWS says: ${message}`,
      );
    case "LimitExceededException":
      return new UserError(
        `CloudWatch Logs runs as many queries in ${region} as it may: ${message}. Try again in a minute.`,
      );
    case "ServiceUnavailableException":
      return new UserError(
        `CloudWatch Logs has a problem of its own in ${region}: ${message}. Try again later.`,
      );
    case "MalformedQueryException":
      // What it says also of a time before the log group, or before what that keeps.
      return new UserError(`CloudWatch Logs refuses the query: ${message}`);
    default:
      return explainAwsError(error, region);
  }
}
