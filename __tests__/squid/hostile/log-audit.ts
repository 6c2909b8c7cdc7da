import { FORGED_ENDPOINT, SECRET } from "./forged";

/** What a container has written to the log stream, where stdout and stderr come together. */
export interface Log {
  readonly stdout: string;
  readonly stderr: string;
}

/** Whoever may write longer lines, crowds out others. */
const LONGEST_LINE = 4_096;

/** What a log has that the proxy did not mean, or that no log should have. */
export function strangeLines({ stdout, stderr }: Log): string[] {
  const strange = [
    ...linesOf(stdout).filter((line) => parse(line) === undefined || isForged(line)),
    ...linesOf(stderr).filter(isForged),
  ];
  const long = linesOf(stdout + stderr).filter((line) => line.length > LONGEST_LINE);
  return [
    ...(strange.length === 0 ? [] : [`${strange.length} strange lines: ${strange[0]}`]),
    ...(long.length === 0 ? [] : [`${long.length} lines of more than ${LONGEST_LINE} bytes`]),
    ...([stdout, stderr].some((text) => text.includes(SECRET)) ? ["a password is in the log"] : []),
  ];
}

/** Those of the requests that have no line of their own. */
export function missing({ stdout }: Log, marks: readonly string[]): string[] {
  return marks.filter((mark) => !stdout.includes(`${mark}"`));
}

/** How many lines the log itself says that it has lost. */
export function lostLines({ stdout }: Log): number {
  const events = linesOf(stdout).map((line) => parse(line) ?? {});
  return events.reduce((sum, { event, lines }) => sum + (event === "lost" ? Number(lines) : 0), 0);
}

/** Whether it reads as an entry about the attacker's victim, and not as a message that has its words. */
function isForged(line: string): boolean {
  return parse(line.trim())?.["endpoint"] === FORGED_ENDPOINT;
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
