import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { UserError } from "../../common/user-error";
import { fleetNames } from "../../fleet/names";
import { type AccessLog, readAccessLog } from "../logs/access-log";
import { queryAccessLog } from "../logs/logged-requests";
import { parseSpan, type Span, wrongSpan } from "../logs/span";

/** How a subcommand is told which access log to read. */
export const SOURCE_USAGE = "<file> | - | --since <7d>";

/** The option of {@link SOURCE_USAGE}. */
export const SOURCE_OPTIONS = { since: { type: "string" } } as const;

/** An access log that can be read. */
export interface Source {
  /** What people call it. */
  readonly name: string;
  /** @throws UserError when it cannot be read after all, or has no request. */
  readonly read: () => Promise<AccessLog>;
}

export interface SourceProps {
  /** The fleet's name. */
  readonly fleet: string;
  /** The region of the deployed fleet, from `TF_WORKSPACE`. */
  readonly workspace: string | undefined;
}

/** The access log that the arguments of {@link SOURCE_USAGE} name, or what is wrong with them, a line each. */
export function sourceOf(
  file: string | undefined,
  since: string | undefined,
  { fleet, workspace }: SourceProps,
): Source | { readonly mistakes: readonly string[] } {
  if (file !== undefined && since !== undefined) {
    return {
      mistakes: [
        `${JSON.stringify(file)} is one access log, and --since, the deployed fleet's, another. Name one of them.`,
      ],
    };
  }
  if (file !== undefined) {
    return withRequests(file === "-" ? "standard input" : file, () => readFile(file));
  }
  if (since === undefined) {
    return {
      mistakes: [
        "No access log is named: a file, - for standard input, or --since 7d for that of the deployed fleet.",
      ],
    };
  }
  const span = parseSpan(since);
  if (span !== undefined && workspace !== undefined) {
    return deployedLog({ fleet, region: workspace, since: span });
  }
  const noRegion =
    "--since reads the log of a deployed fleet, and TF_WORKSPACE, its region, is not set.";
  return {
    mistakes: [
      ...(span === undefined ? [wrongSpan(since)] : []),
      ...(workspace === undefined ? [noRegion] : []),
    ],
  };
}

export interface DeployedLogProps {
  /** The fleet's name. */
  readonly fleet: string;
  readonly region: string;
  readonly since: Span;
}

/** The log group of a deployed fleet. */
export function deployedLog({ fleet, region, since }: DeployedLogProps): Source {
  const { logGroup } = fleetNames(fleet);
  return withRequests(`${logGroup} in ${region}, the last ${since.text}`, () => {
    const to = new Date();
    const from = new Date(to.getTime() - since.ms);
    return queryAccessLog({ client: new CloudWatchLogsClient({ region }), logGroup, from, to });
  });
}

/** A log without any request answers nothing, and is most likely another one than is meant. */
function withRequests(name: string, read: Source["read"]): Source {
  return {
    name,
    read: async () => {
      const log = await read();
      if (log.requests.length > 0) return log;
      throw new UserError([`No request was found in ${name}.`, ...log.omissions].join("\n"));
    },
  };
}

async function readFile(file: string): Promise<AccessLog> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  try {
    return await readAccessLog(createInterface({ input, crlfDelay: Infinity }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`${file} cannot be read (${code}).`);
  }
}
