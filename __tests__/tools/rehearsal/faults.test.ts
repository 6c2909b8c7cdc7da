import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { account, missedAims, type Expectation } from "../../../src/tools/rehearsal/faults/account";
import { FAULTS, parseFaults, SHORT_FAULTS } from "../../../src/tools/rehearsal/faults/faults";
import type { LoadEvent } from "../../../src/tools/rehearsal/faults/load-protocol";
import { DNS_RECOVERY_SECONDS } from "../../../src/tools/rehearsal/faults/surroundings-faults";
import { missed, table } from "../../../src/tools/rehearsal/faults/result-table";
import { DETECTION_SECONDS } from "../../../src/tools/rehearsal/faults/task-faults";
import { UserError } from "../../../src/common/user-error";
import { CHECKOUT } from "../../helpers/checkout";

const NOTHING: Expectation = { begin: 1_000, mayFail: [], mayBeCut: new Map() };

function request(start: number, end: number, failure: string | null = null): LoadEvent {
  return { event: "request", url: "http://www.site.test/", start, end, failure };
}

function opened(tunnel: number, through: string): LoadEvent {
  return { event: "opened", tunnel, at: 0, through };
}

function cut(tunnel: number, at: number): LoadEvent {
  return { event: "cut", tunnel, at, reason: "ECONNRESET" };
}

describe("account", () => {
  test("counts requests, failures and their reasons, and when the last one began", () => {
    const events = [
      request(900, 950),
      request(2_000, 12_000, "no answer for 10 s"),
      request(3_500, 3_600, "ECONNRESET"),
      request(3_000, 13_000, "no answer for 10 s"),
    ];
    expect(account(events, NOTHING)).toMatchObject({
      requests: 4,
      failed: 3,
      failedOutside: 3,
      lastFailureSeconds: 2.5,
      reasons: new Map([
        ["no answer for 10 s", 2],
        ["ECONNRESET", 1],
      ]),
    });
    expect(account([request(1, 2)], NOTHING).lastFailureSeconds).toBeUndefined();
  });

  test.each([
    { reason: "before it", start: 900, end: 999, outside: 1 },
    { reason: "under way when it begins", start: 900, end: 1_000, outside: 0 },
    { reason: "in it", start: 1_200, end: 1_300, outside: 0 },
    { reason: "started as it ends", start: 2_000, end: 9_000, outside: 0 },
    { reason: "after it", start: 2_001, end: 2_002, outside: 1 },
  ])("a time for failures: a request $reason", ({ start, end, outside }) => {
    const expectation = { ...NOTHING, mayFail: [{ from: 1_000, to: 2_000 }] };
    const { failedOutside } = account([request(start, end, "ECONNRESET")], expectation);
    expect(failedOutside).toBe(outside);
  });

  test("a tunnel may be cut once its own proxy's tunnels may", () => {
    const expectation = { ...NOTHING, mayBeCut: new Map([["198.51.100.1", 5_000]]) };
    const events = [
      opened(0, "198.51.100.1"),
      opened(1, "198.51.100.1"),
      opened(2, "198.51.100.2"),
      opened(3, "198.51.100.2"),
      cut(0, 4_999),
      cut(1, 5_000),
      cut(2, 6_000),
    ];
    expect(account(events, expectation)).toMatchObject({ tunnels: 4, cutEarly: 2, cutInTime: 1 });
  });

  const requests = fc
    .record({
      start: fc.nat(100_000),
      duration: fc.nat(10_000),
      failure: fc.option(fc.constantFrom("ECONNRESET", "status 503")),
    })
    .map(({ start, duration, failure }) => request(start, start + duration, failure));
  const intervals = fc
    .tuple(fc.nat(100_000), fc.nat(20_000))
    .map(([from, length]) => ({ from, to: from + length }));

  test("the more time for failures there is, the fewer are outside; and in all of time, none", () => {
    fc.assert(
      fc.property(fc.array(requests), fc.array(intervals), intervals, (events, some, another) => {
        const outside = (mayFail: Expectation["mayFail"]) =>
          account(events, { ...NOTHING, mayFail }).failedOutside;
        const { failed } = account(events, NOTHING);
        expect(outside([])).toBe(failed);
        expect(outside(some)).toBeLessThanOrEqual(failed);
        expect(outside([...some, another])).toBeLessThanOrEqual(outside(some));
        expect(outside([{ from: 0, to: Infinity }])).toBe(0);
      }),
    );
  });

  test("the order in which events are reported is of no importance", () => {
    const events = fc
      .array(fc.tuple(fc.nat(2), fc.option(fc.nat(10_000))), { maxLength: 20 })
      .chain((tunnels) => {
        const ofTunnels = tunnels.flatMap(([proxy, end], tunnel) => [
          opened(tunnel, `198.51.100.${proxy}`),
          ...(end === null ? [] : [cut(tunnel, end)]),
        ]);
        return fc.tuple(
          fc.constant(ofTunnels),
          fc.shuffledSubarray(ofTunnels, { minLength: ofTunnels.length }),
        );
      });
    const expectation = { ...NOTHING, mayBeCut: new Map([["198.51.100.1", 5_000]]) };
    fc.assert(
      fc.property(events, ([ordered, shuffled]) => {
        expect(account(shuffled, expectation)).toEqual(account(ordered, expectation));
      }),
    );
  });
});

describe("missedAims", () => {
  const good = [request(0, 1), opened(0, "198.51.100.1")];

  test("none where nothing failed that may not", () => {
    expect(missedAims(account(good, NOTHING), NOTHING)).toEqual([]);
  });

  test("names all that are, with what happened", () => {
    const expectation = { ...NOTHING, defects: ["the proxy ran out of memory"] };
    const events = [...good, request(5, 6, "ECONNRESET"), cut(0, 7)];
    expect(missedAims(account(events, expectation), expectation)).toEqual([
      "the proxy ran out of memory",
      "1 new requests failed when none may (of all 1: 1 × ECONNRESET)",
      "1 tunnels were cut before their time",
    ]);
  });

  test("a load that did nothing proves nothing", () => {
    expect(missedAims(account([], NOTHING), NOTHING)).toEqual([
      "the load made no request",
      "the load held no tunnel",
    ]);
  });
});

test("the table has a row for each fault, and tells those whose aim is missed", () => {
  const fault = { name: "kill", title: "A proxy is killed", aim: "nothing fails", rings: [] };
  const results = [
    [request(0, 1), opened(0, "a")],
    [request(2_000, 3_000, "ECONNRESET"), opened(0, "a")],
  ].map((events) => ({ fault, expectation: NOTHING, counted: account(events, NOTHING) }));
  const lines = table(results)
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  expect(lines).toHaveLength(4);
  expect(lines[2]).toEqual(
    expect.arrayContaining(["A proxy is killed", "nothing fails", "1", "0", "–", "met"]),
  );
  expect(lines[3]).toEqual(expect.arrayContaining(["1 s", "missed"]));
  expect(missed(results)).toEqual([
    "kill: 1 new requests failed when none may (of all 1: 1 × ECONNRESET)",
  ]);
});

test("of a fault that is recorded, exactly its alarms must ring", () => {
  const fault = { name: "kill", title: "", aim: "", rings: ["a", "b"] };
  const counted = account([request(0, 1), opened(0, "a")], NOTHING);
  const result = { fault, expectation: NOTHING, counted };
  expect(missed([{ ...result, rang: ["a", "b"] }])).toEqual([]);
  expect(missed([{ ...result, rang: ["b", "c"] }])).toEqual([
    "kill: a did not ring",
    "kill: c rang",
  ]);
  expect(table([{ ...result, rang: ["b", "c"] }])).toMatch(/\| b, c .*\| missed/);
});

describe("the command line", () => {
  test("without arguments: all", () => {
    expect(parseFaults([])).toEqual({ faults: FAULTS });
  });

  test("--short", () => {
    expect(parseFaults(["--short"]).faults).toEqual(SHORT_FAULTS);
  });

  test.each([[["--only", "dns,kill"]], [["--only=dns,kill"]]])("%j", (args) => {
    expect(parseFaults(args).faults.map(({ name }) => name)).toEqual(["kill", "dns"]);
  });

  test("all mistakes at once", () => {
    const parse = () => parseFaults(["--only", "kil,dns", "--short", "now", "--fast"]);
    expect(parse).toThrow(UserError);
    for (const part of [
      /--only: "kil" is not a fault. Allowed: "nothing", "kill", .* or "tunnels"\./,
      '"now" is not understood. Allowed: --only <fault>[,<fault>], or --short; and --record <file>.',
      '"--fast" is not understood.',
      "--only and --short are given",
    ]) {
      expect(parse).toThrow(part);
    }
  });

  test("--record", () => {
    expect(parseFaults(["--record", "file.json"])).toEqual({ faults: FAULTS, record: "file.json" });
  });

  test.each([[["--only"]], [["--only="]], [["--short=no"]], [["--record"]]])(
    "refuses %j",
    (args) => {
      expect(() => parseFaults(args)).toThrow(UserError);
    },
  );
});

test("the times are those of the fleet", () => {
  expect(DETECTION_SECONDS).toBe(50);
  const configuration = readFileSync(path.join(CHECKOUT, "squid/squid.conf"), "utf8");
  const seconds = ["dns_timeout", "negative_dns_ttl"].map((name) => {
    return Number(new RegExp(`^${name} (\\d+) seconds?$`, "m").exec(configuration)?.[1]);
  });
  expect(DNS_RECOVERY_SECONDS).toBe(seconds[0]! + seconds[1]!);
});
