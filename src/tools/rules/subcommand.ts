import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "../../common/user-error";
import type { Configuration } from "../../configuration/configuration";

/** A command below `npm run rules --`. */
export interface Subcommand {
  /** What comes behind its name, as `help` shows it; empty for nothing. */
  readonly usage: string;
  readonly run: (args: readonly string[]) => void | Promise<void>;
}

/**
 * The arguments of a subcommand, and its options.
 *
 * @param command what people type, for the message: `write <folder>`.
 * @param count the least and the most arguments.
 * @throws UserError for any other number, and for options that it does not have.
 */
export function readOptions<Options extends NonNullable<ParseArgsConfig["options"]>>(
  command: string,
  args: readonly string[],
  options: Options,
  [least, most]: readonly [number, number],
) {
  const parsed = attempt(() =>
    parseArgs({ args: [...args], options, allowPositionals: true, strict: true }),
  );
  if (parsed === undefined || !isWithin(parsed.positionals.length, least, most)) {
    const given = args.length === 0 ? "nothing" : args.map((arg) => JSON.stringify(arg)).join(" ");
    throw new UserError(`Type: npm run rules -- ${command}. Given was ${given}.`);
  }
  return parsed;
}

/** The region that `{region}` stands for in a subcommand that has no other: the workspace, or the first one. */
export function regionOf({
  settings,
  environment,
}: Pick<Configuration, "settings" | "environment">): string {
  return environment.workspace ?? settings.regions[0]!;
}

const isWithin = (number: number, least: number, most: number) => number >= least && number <= most;

/** What a function returns, or nothing where node:util refuses the arguments. */
function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true) {
      return undefined;
    }
    throw error;
  }
}
