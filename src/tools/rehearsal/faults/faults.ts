import { parseArgs } from "node:util";
import { alternatives, UserError } from "../../../common/user-error";
import type { Fault } from "./fault";
import { memory } from "./memory-fault";
import { deploy, spot, spotRegistered, stop } from "./replacement-faults";
import {
  BAD_ANSWERS,
  badAnswers,
  changes,
  fetcherFrozen,
  helperFrozen,
  rulesKilled,
  storeGone,
  withoutRules,
  wrongRules,
  type BadAnswerName,
} from "./rule-faults";
import { nothing } from "./nothing";
import { dns, log, stuck } from "./surroundings-faults";
import { freeze, kill, lost } from "./task-faults";
import { tunnels } from "./tunnels-fault";

/** All faults, in the order in which they are made. */
export const FAULTS: readonly Fault[] = [
  ...[nothing, kill, lost, freeze, stop, deploy, spot, spotRegistered],
  ...[changes, wrongRules, storeGone(300), badAnswers(Object.keys(BAD_ANSWERS) as BadAnswerName[])],
  ...[withoutRules, rulesKilled, helperFrozen, fetcherFrozen],
  ...[log, dns, stuck, memory, tunnels],
];

const NAMES = FAULTS.map(({ name }) => name);

/**
 * For CI, what proves most in about five minutes: a task that dies, a task that is told to end while
 * it is still registered, which is the hardest of the replacements, and surroundings that fail.
 */
export const SHORT_FAULTS: readonly Fault[] = [kill, spot, dns];

const USAGE = "--only <fault>[,<fault>], or --short; and --record <file>";

/** What a command line asks for. */
export interface Wanted {
  readonly faults: readonly Fault[];
  /** The file for what CloudWatch would have of them. @default - nobody records */
  readonly record?: string | undefined;
}

/**
 * Reads a command line: `[--only <fault>[,<fault>] | --short] [--record <file>]`.
 *
 * @throws UserError with all that is wrong with it.
 */
export function parseFaults(args: readonly string[]): Wanted {
  // Not strict, which would throw at the first mistake.
  const { tokens } = parseArgs({
    args: [...args],
    options: { only: { type: "string" }, short: { type: "boolean" }, record: { type: "string" } },
    strict: false,
    tokens: true,
  });
  const mistakes: string[] = [];
  let only: string[] | undefined;
  let short = false;
  let record: string | undefined;
  for (const token of tokens) {
    const { kind } = token;
    if (kind === "option" && token.name === "only" && token.value !== undefined) {
      only = token.value.split(",");
      mistakes.push(...only.filter((name) => !NAMES.includes(name)).map(unknownFault));
    } else if (kind === "option" && token.name === "short" && token.value === undefined) {
      short = true;
    } else if (kind === "option" && token.name === "record" && token.value !== undefined) {
      record = token.value;
    } else {
      const given = JSON.stringify(args[token.index]);
      mistakes.push(`${given} is not understood. Allowed: ${USAGE}.`);
    }
  }
  if (only && short) {
    mistakes.push("--only and --short are given, and both choose the faults. Leave one out.");
  }
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"));
  const faults = short ? SHORT_FAULTS : FAULTS.filter(({ name }) => only?.includes(name) ?? true);
  return { faults, record };
}

function unknownFault(name: string): string {
  return `--only: ${JSON.stringify(name)} is not a fault. Allowed: ${alternatives(NAMES)}.`;
}
