import { readableLine, type AccessLogEntry } from "../../src/rehearsal/access-log";

const ENTRY: AccessLogEntry = {
  time: "2026-11-23T04:37:45.541Z",
  client: "172.16.0.10",
  clientPort: 50000,
  endpoint: null,
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
};

const readable = (entry: Partial<AccessLogEntry>) =>
  readableLine(`proxy-1  | ${JSON.stringify({ ...ENTRY, ...entry })}`);

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

  test("is what it was where it is none of the access log", () => {
    const message = "proxy-2  | 2026/11/23 04:32:29| Starting Squid Cache version 6.13";
    expect(readableLine(message)).toBe(message);
    expect(readableLine(`\u001b[2K${message}`)).toBe(message);
  });
});
