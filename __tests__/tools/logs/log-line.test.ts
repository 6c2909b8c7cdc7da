import {
  readableEvent,
  readableLine,
  type AccessLogEntry,
  type LogLine,
} from "../../../src/tools/logs/log-line";

const ENTRY: AccessLogEntry = {
  time: "2026-11-23T04:37:45.541Z",
  client: "172.16.0.10",
  clientPort: 50000,
  endpoint: null,
  consumer: null,
  rules: "default",
  method: "GET",
  host: "site.test",
  port: 80,
  url: "http://site.test/",
  sni: null,
  error: null,
  deniedBy: null,
  wouldBeDeniedBy: null,
  result: "TCP_MISS",
  upstream: "198.51.100.1",
  upstreamMs: 2,
  dnsMs: 1,
  durationMs: 3,
  bytesIn: 100,
  bytesOut: 225,
  status: 200,
  sequence: 1,
};

const logged = (line: LogLine) => readableLine(`proxy-1  | ${JSON.stringify(line)}`);
const readable = (entry: Partial<AccessLogEntry>) => logged({ ...ENTRY, ...entry });

describe("a line of the log, for people", () => {
  test("has when, who, what, the outcome and the cost", () => {
    expect(readable({})).toBe(
      "proxy-1  04:37:45.541  172.16.0.10  200  GET  http://site.test/  TCP_MISS, 3 ms, 225 bytes",
    );
  });

  test.each([
    [
      { status: 403, deniedBy: "private-address", error: "ERR_ACCESS_DENIED" },
      "denied by private-address",
    ],
    [{ wouldBeDeniedBy: "allowed-domains" }, "would be denied by allowed-domains"],
    [{ status: 503, error: "ERR_DNS_FAIL", result: "NONE_NONE" }, "ERR_DNS_FAIL"],
  ])("says why: %j", (entry, reason) => {
    expect(readable(entry)).toContain(`  ${reason}, `);
  });

  test("has what else the proxy says, and what was lost", () => {
    const { time } = ENTRY;
    expect(logged({ time, event: "message", text: "Accepting connections" })).toBe(
      "proxy-1  04:37:45.541  Accepting connections",
    );
    expect(logged({ time, event: "lost", log: "access", lines: 12 })).toBe(
      "proxy-1  04:37:45.541  12 lines lost (access)",
    );
  });

  test("is what it was where it is none of a proxy's log", () => {
    const message = 'proxy-2  | proxy: SNI_CHECK is "maybe" and must be off/on';
    expect(readableLine(message)).toBe(message);
    expect(readableLine(`\u001b[2K${message}`)).toBe(message);
  });

  test("names the client whose endpoint it is", () => {
    expect(readable({ consumer: "office" })).toContain("  172.16.0.10 (office)  200  ");
  });

  test.each([
    ["the rehearsal's", readable],
    [
      "the deployed",
      (entry: Partial<AccessLogEntry>) => readableEvent(JSON.stringify({ ...ENTRY, ...entry })),
    ],
  ])("has nothing in it that a terminal obeys, in %s log", (_, line) => {
    expect(line({ url: "http://site.test/\u001b]0;x\u0007\n\u202e" })).toContain(
      "http://site.test/\\u001b]0;x\\u0007\\n\\u202e  ",
    );
  });
});

describe("a line of the deployed log, for people", () => {
  test("has its day, too", () => {
    expect(readableEvent(JSON.stringify(ENTRY))).toBe(
      "2026-11-23T04:37:45.541Z  172.16.0.10  200  GET  http://site.test/  TCP_MISS, 3 ms, 225 bytes",
    );
  });

  test.each(["{", "null", "1", "{}", "some text"])("is what it was, for %j", (message) => {
    expect(readableEvent(message)).toBe(message);
  });
});
