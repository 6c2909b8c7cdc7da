import { stripVTControlCharacters } from "node:util";

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
  return entry === "" ? text : `${proxy}  ${summary(JSON.parse(entry) as LogLine)}`;
}

function summary(line: LogLine): string {
  const time = /T(.*)Z/.exec(line.time)?.[1] ?? line.time;
  switch (line.event) {
    case "message":
      return `${time}  ${line.text}`;
    case "lost":
      return `${time}  ${line.lines} lines lost (${line.log})`;
    case "rules":
      return `${time}  rules ${line.version} in force (${line.reason}): ${line.rules} in ${line.sets} sets`;
    case "rules-rejected":
      return `${time}  rules ${line.version ?? "none"} stay, as ${line.reason}`;
    case undefined: {
      const { client, status, method, url, durationMs, bytesOut } = line;
      const request = [time, client, status, method, url].join("  ");
      return `${request}  ${reason(line)}, ${durationMs} ms, ${bytesOut} bytes`;
    }
  }
}

function reason({ result, error, deniedBy, wouldBeDeniedBy }: AccessLogEntry): string {
  if (deniedBy !== null) return `denied by ${deniedBy}`;
  if (wouldBeDeniedBy !== null) return `would be denied by ${wouldBeDeniedBy}`;
  return error ?? result;
}
