import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { type ECSClient, paginateListTasks } from "@aws-sdk/client-ecs";
import { z } from "zod";
import { explainAwsError, nameOf } from "../../common/aws-errors";
import { UserError } from "../../common/user-error";
import type { FleetNames } from "../../fleet/names";
import { queryLog } from "../logs/log-query";

/** A proxy names its rules each hour: one such event may be missing. */
export const SAID_WITHIN_HOURS = 2;

const QUERY = [
  'filter event in ["rules", "rules-rejected"]',
  "stats latest(event) as lastEvent, latest(version) as lastVersion, latest(reason) as lastReason, latest(time) as lastTime by @logStream",
].join(" | ");

const row = z.object({
  "@logStream": z.string(),
  lastEvent: z.enum(["rules", "rules-rejected"]),
  lastVersion: z.string().optional(),
  lastReason: z.string().default("no reason given"),
  lastTime: z.string(),
});

/** What a task has said last of its rules. */
export interface LoggedRules {
  /** Those in force; nothing where there are none. */
  readonly version: string | undefined;
  /** Why it did not take newer ones, if so. */
  readonly rejected: string | undefined;
  /** UTC, in ISO 8601. */
  readonly time: string;
}

/** What the tasks have said last of their rules, by the tasks' ids. */
export async function loggedRules(
  client: CloudWatchLogsClient,
  logGroup: string,
): Promise<ReadonlyMap<string, LoggedRules>> {
  const to = new Date();
  const from = new Date(to.getTime() - SAID_WITHIN_HOURS * 3_600_000);
  const { rows } = await queryLog({ client, logGroup, query: QUERY, from, to });
  return new Map(
    rows.flatMap((fields) => {
      const { data } = row.safeParse(fields);
      if (data === undefined) return [];
      const { lastEvent, lastVersion: version, lastReason, lastTime: time } = data;
      const rejected = lastEvent === "rules-rejected" ? lastReason : undefined;
      return [[idAtEnd(data["@logStream"]), { version, rejected, time }]];
    }),
  );
}

/**
 * The ids of the tasks that run.
 *
 * @throws UserError when there is no such service, or AWS does not say what it runs.
 */
export async function runningTasks(
  client: ECSClient,
  { cluster, service }: Pick<FleetNames, "cluster" | "service">,
  region: string,
): Promise<string[]> {
  try {
    const tasks: string[] = [];
    for await (const { taskArns = [] } of paginateListTasks(
      { client },
      { cluster, serviceName: service, desiredStatus: "RUNNING" },
    )) {
      tasks.push(...taskArns.map(idAtEnd));
    }
    return tasks.sort();
  } catch (error) {
    const { message } = error as { message?: string };
    switch (nameOf(error)) {
      case "AccessDeniedException":
        throw new UserError(
          `These credentials may not see which tasks run; needed is ecs:ListTasks. AWS says: ${message}`,
        );
      case "ClusterNotFoundException":
      case "ServiceNotFoundException":
        throw new UserError(
          `There is no service ${service} in the cluster ${cluster} of ${region}: ${message} Type: TF_WORKSPACE=${region} npm run deploy`,
        );
      default:
        throw explainAwsError(error, region);
    }
  }
}

/** The id of a task, at the end of its ARN and of its log stream's name. */
const idAtEnd = (name: string) => name.replace(/^.*\//, "");
