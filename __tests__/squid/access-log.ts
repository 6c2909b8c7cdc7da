import type { AccessLogEntry } from "../../src/rehearsal/access-log";
import { eventually } from "../helpers/docker";
import type { Proxy } from "../helpers/lab";

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
