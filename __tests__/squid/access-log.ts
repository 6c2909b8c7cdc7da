import type { AccessLogEntry, LogLine } from "../../src/tools/logs/log-line";
import { eventually } from "../helpers/docker";
import type { Proxy } from "../helpers/lab";

/** All lines so far, and what was lost of them. */
export async function logLines(proxy: Proxy): Promise<LogLine[]> {
  return (await proxy.logs()).map((line) => JSON.parse(line) as LogLine);
}

/** All entries so far. */
export async function accessLog(proxy: Proxy): Promise<AccessLogEntry[]> {
  return (await logLines(proxy)).filter((line) => line.event === undefined);
}

/** What the proxy has said on stderr so far. */
export async function messageLines(proxy: Proxy): Promise<LogLine[]> {
  const lines = (await proxy.messages()).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as LogLine);
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
