import { readAccessLog, type LoggedRequests } from "../../../src/tools/logs/access-log";

/** A line as a proxy writes it. */
const LINE = {
  time: "2026-11-28T10:15:30.123Z",
  client: "172.16.0.10",
  clientPort: 40000,
  endpoint: "vpce-0123456789abcdef0",
  consumer: "lab",
  rules: "default",
  method: "CONNECT",
  host: "example.com",
  port: 443,
  url: "example.com:443",
  sni: null,
  error: "ERR_ACCESS_DENIED",
  deniedBy: "allowed-domains",
  wouldBeDeniedBy: null,
  result: "TCP_DENIED",
  upstream: null,
  upstreamMs: null,
  dnsMs: null,
  durationMs: 0,
  bytesIn: 100,
  bytesOut: 3000,
  status: 403,
  sequence: 1,
};
const REQUESTS: LoggedRequests = {
  consumer: "lab",
  endpoint: "vpce-0123456789abcdef0",
  method: "CONNECT",
  host: "example.com",
  port: 443,
  sni: null,
  deniedBy: "allowed-domains",
  wouldBeDeniedBy: null,
  count: 1,
  last: "2026-11-28T10:15:30.123Z",
};

async function* lines(...texts: readonly (string | object)[]) {
  for (const text of texts) {
    yield await Promise.resolve(typeof text === "string" ? text : JSON.stringify(text));
  }
}

test("counts requests that are alike, and keeps the time of the last", async () => {
  const early = {
    ...LINE,
    time: "2026-11-01T00:00:00.000Z",
    clientPort: 1,
    sequence: 9,
    status: 0,
  };
  expect(await readAccessLog(lines(early, LINE, early))).toEqual({
    requests: [{ ...REQUESTS, count: 3 }],
    omissions: [],
  });
});

test.each<[string, object]>([
  ["client", { consumer: "office" }],
  ["endpoint", { endpoint: null }],
  ["method", { method: "GET" }],
  ["host", { host: "example.org" }],
  ["port", { port: 80 }],
  ["server name", { sni: "example.org" }],
  ["refusal", { deniedBy: null }],
  ["mark", { wouldBeDeniedBy: "denied-domains" }],
])("counts requests apart that differ in the %s", async (_, difference) => {
  expect((await readAccessLog(lines(LINE, { ...LINE, ...difference }))).requests).toEqual([
    REQUESTS,
    { ...REQUESTS, ...difference },
  ]);
});

test("takes the address of IPv6, whose brackets Squid escapes", async () => {
  const { requests } = await readAccessLog(lines({ ...LINE, host: "%5B2600:1f00::1%5D" }));
  expect(requests).toEqual([{ ...REQUESTS, host: "[2600:1f00::1]" }]);
});

test("takes the lines of an image that does not name consumers", async () => {
  const older = { ...LINE, consumer: undefined };
  expect((await readAccessLog(lines(older))).requests).toEqual([{ ...REQUESTS, consumer: null }]);
});

test.each([
  ["aws logs tail --format short", "2026-11-28T10:15:31 "],
  ["aws logs tail", "2026-11-28T10:15:31.000000+00:00 web/squid/0ec5d1 "],
  ["docker compose logs", "proxy-1  | "],
])("passes over what %s puts in front", async (_, before) => {
  const { requests } = await readAccessLog(lines(before + JSON.stringify(LINE)));
  expect(requests).toEqual([REQUESTS]);
});

test("says what it passes over, but for empty lines", async () => {
  const { requests, omissions } = await readAccessLog(
    lines(
      { time: LINE.time, event: "message", text: JSON.stringify(LINE) },
      { ...LINE, event: "rules" },
      "",
      { ...LINE, host: null, method: null },
      '{"time":"2026-11-28T10:1',
      "text",
      "[1]",
      "null",
      { ...LINE, time: "yesterday" },
      { ...LINE, port: "443" },
    ),
  );
  expect(requests).toEqual([]);
  expect(omissions).toEqual([
    "Passed over 2 lines: events and messages.",
    "Passed over 1 line: requests that name no host.",
    "Passed over 6 lines: none of an access log.",
  ]);
});
