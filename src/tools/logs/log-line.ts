import { stripVTControlCharacters } from "node:util";
import { printableLine } from "../../common/printable";

/** A line of the access log, as squid/log-writer.c writes it. docs/access-log.md says what the fields mean. */
export interface AccessLogEntry {
  readonly event?: never;
  readonly time: string;
  readonly client: string;
  readonly clientPort: number;
  readonly endpoint: string | null;
  readonly consumer: string | null;
  readonly rules: string | null;
  readonly method: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly url: string;
  readonly sni: string | null;
  readonly error: string | null;
  readonly deniedBy: string | null;
  readonly wouldBeDeniedBy: string | null;
  readonly result: string;
  readonly upstream: string | null;
  readonly upstreamMs: number | null;
  readonly dnsMs: number | null;
  readonly durationMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly status: number;
  readonly sequence: number;
}

/** What a proxy says on stderr. */
export interface MessageEvent {
  readonly time: string;
  readonly event: "message";
  readonly text: string;
  /** How much longer the text was. @default - it is all there */
  readonly omittedBytes?: number;
}

/** What was dropped while nobody took the log. */
export interface LostEvent {
  readonly time: string;
  readonly event: "lost";
  readonly log: "access" | "messages";
  readonly lines: number;
}

/** Which rules are in force, when they are others than before, and once an hour. */
export interface RulesEvent {
  readonly time: string;
  readonly event: "rules";
  readonly reason: "changed" | "confirmed";
  readonly version: string;
  readonly sets: number;
  readonly rules: number;
  readonly endpoints: number;
}

/** Why what the store answers is not taken over. */
export interface RulesRejectedEvent {
  readonly time: string;
  readonly event: "rules-rejected";
  readonly reason: string;
  /** What stays in force. */
  readonly version: string | null;
}

/** Whatever is a line of a proxy's log. */
export type LogLine = AccessLogEntry | MessageEvent | LostEvent | RulesEvent | RulesRejectedEvent;

/**
 * A line of `docker compose logs`, for people: what a proxy has logged in short, anything else as it
 * is.
 */
export function readableLine(line: string): string {
  // Some versions of Compose erase the terminal's line first, even where there is none.
  const text = stripVTControlCharacters(line);
  const [, proxy = "", entry = ""] = /^(\S+) +\| (\{.*\})$/.exec(text) ?? [];
  if (entry === "") return text;
  const logged = JSON.parse(entry) as LogLine;
  const time = /T(.*)Z/.exec(logged.time)?.[1] ?? logged.time;
  return `${proxy}  ${time}  ${summary(logged)}`;
}

/**
 * A line of the deployed log, for people. Its day is said, as there may be many; a task writes only JSON,
 * and whatever else is there is shown as it is.
 */
export function readableEvent(message: string): string {
  const logged = parse(message);
  return logged === undefined ? printableLine(message) : `${logged.time}  ${summary(logged)}`;
}

function parse(message: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === "object" && value !== null && "time" in value
      ? (value as LogLine)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What a line says, without its time. A client chooses what is in some of it, and a terminal would obey. */
function summary(line: LogLine): string {
  return printableLine(said(line));
}

function said(line: LogLine): string {
  switch (line.event) {
    case "message":
      return line.text;
    case "lost":
      return `${line.lines} lines lost (${line.log})`;
    case "rules":
      return `rules ${line.version} in force (${line.reason}): ${line.rules} in ${line.sets} sets`;
    case "rules-rejected":
      return `rules ${line.version ?? "none"} stay, as ${line.reason}`;
    case undefined: {
      const { client, consumer, status, method, url, durationMs, bytesOut } = line;
      const who = consumer === null ? client : `${client} (${consumer})`;
      const request = [who, status, method, url].join("  ");
      return `${request}  ${reason(line)}, ${durationMs} ms, ${bytesOut} bytes`;
    }
  }
}

function reason({ result, error, deniedBy, wouldBeDeniedBy }: AccessLogEntry): string {
  if (deniedBy !== null) return `denied by ${deniedBy}`;
  if (wouldBeDeniedBy !== null) return `would be denied by ${wouldBeDeniedBy}`;
  return error ?? result;
}
