import { eventually } from "../helpers/docker";
import type { Proxy } from "../helpers/lab";

/** A line of the access log, as squid/squid.conf writes it. */
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

/** All lines so far. Squid writes them in blocks, each second at least. */
export async function accessLog(proxy: Proxy): Promise<AccessLogEntry[]> {
  return (await proxy.logs()).map((line) => JSON.parse(line) as AccessLogEntry);
}

/** Waits until the lines of a host are as expected, in any order of GET and CONNECT. */
export async function expectLogged(
  proxy: Proxy,
  host: string,
  expected: readonly Partial<AccessLogEntry>[],
): Promise<void> {
  await eventually(async () => {
    const entries = (await accessLog(proxy)).filter((entry) => entry.host === host);
    expect(entries).toHaveLength(expected.length);
    for (const entry of expected) {
      expect(entries).toContainEqual(expect.objectContaining(entry));
    }
  });
}
