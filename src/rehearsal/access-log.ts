import { stripVTControlCharacters } from "node:util";

/** A line of the access log, as squid/squid.conf writes it. README.md says what the fields mean. */
export interface AccessLogEntry {
  readonly time: string;
  readonly client: string;
  readonly clientPort: number;
  readonly endpoint: string | null;
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
}

/**
 * A line of `docker compose logs`, for people: an entry of the access log in short, anything else as
 * it is.
 */
export function readableLine(line: string): string {
  // Some versions of Compose erase the terminal's line first, even where there is none.
  const text = stripVTControlCharacters(line);
  const [, proxy = "", entry = ""] = /^(\S+) +\| (\{.*\})$/.exec(text) ?? [];
  return entry === "" ? text : `${proxy}  ${summary(JSON.parse(entry) as AccessLogEntry)}`;
}

function summary(entry: AccessLogEntry): string {
  const { client, status, method, url, durationMs, bytesOut } = entry;
  const time = /T(.*)Z/.exec(entry.time)?.[1] ?? entry.time;
  const request = [time, client, status, method, url].join("  ");
  return `${request}  ${reason(entry)}, ${durationMs} ms, ${bytesOut} bytes`;
}

function reason({ result, error, deniedBy, wouldBeDeniedBy }: AccessLogEntry): string {
  if (deniedBy !== null) return `denied by ${deniedBy}`;
  if (wouldBeDeniedBy !== null) return `would be denied by ${wouldBeDeniedBy}`;
  return error ?? result;
}
