import type { LoadEvent, RequestEvent } from "./load-protocol";

/** From and to, in milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** What a fault was, and what it may do to clients without missing its aim. */
export interface Expectation {
  /** When it began, in milliseconds since 1970. */
  readonly begin: number;
  /** When new requests may fail. */
  readonly mayFail: readonly Interval[];
  /** From when on the tunnels through a proxy may be cut, by the proxy's address; others never. */
  readonly mayBeCut: ReadonlyMap<string, number>;
  /** What else went wrong, in words. @default - nothing */
  readonly defects?: readonly string[];
}

/** What clients noticed of a fault. */
export interface Account {
  /** New requests. */
  readonly requests: number;
  readonly failed: number;
  /** Those that failed when none may. */
  readonly failedOutside: number;
  /** When the last request started that failed, in seconds since the fault began. */
  readonly lastFailureSeconds: number | undefined;
  /** How many requests failed for each reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Tunnels that were open when the fault began. */
  readonly tunnels: number;
  /** Those that were cut before they may be. */
  readonly cutEarly: number;
  /** Those that were cut when they may be. */
  readonly cutInTime: number;
}

/** Counts what the load saw, whatever the order of its events. */
export function account(events: readonly LoadEvent[], expectation: Expectation): Account {
  const requests = events.filter((event) => event.event === "request");
  const failed = requests.filter(({ failure }) => failure !== null);
  const opened = events.filter((event) => event.event === "opened");
  const proxies = new Map(opened.map(({ tunnel, through }) => [tunnel, through]));
  const cut = events.filter((event) => event.event === "cut");
  const cutEarly = cut.filter(({ tunnel, at }) => {
    const earliest = expectation.mayBeCut.get(proxies.get(tunnel) ?? "") ?? Infinity;
    return at < earliest;
  });
  const lastStart = failed.reduce((last, { start }) => Math.max(last, start), -Infinity);
  return {
    requests: requests.length,
    failed: failed.length,
    failedOutside: failed.filter((request) => !mayFail(request, expectation)).length,
    lastFailureSeconds: failed.length > 0 ? (lastStart - expectation.begin) / 1_000 : undefined,
    reasons: countsOf(failed.map(({ failure }) => String(failure))),
    tunnels: opened.length,
    cutEarly: cutEarly.length,
    cutInTime: cut.length - cutEarly.length,
  };
}

/** Which aims are missed, a sentence each; none where the fleet did what it should. */
export function missedAims(counted: Account, { defects = [] }: Expectation): string[] {
  const { requests, failed, failedOutside, reasons, tunnels, cutEarly } = counted;
  const missed = [...defects];
  // Nothing fails where nothing is asked.
  if (requests === 0) missed.push("the load made no request");
  if (tunnels === 0) missed.push("the load held no tunnel");
  if (failedOutside > 0) {
    const why = [...reasons].map(([reason, count]) => `${count} × ${reason}`).join(", ");
    missed.push(`${failedOutside} new requests failed when none may (of all ${failed}: ${why})`);
  }
  if (cutEarly > 0) missed.push(`${cutEarly} tunnels were cut before their time`);
  return missed;
}

/** A request may fail that was under way at any moment of a time when requests may. */
function mayFail({ start, end }: RequestEvent, expectation: Expectation): boolean {
  return expectation.mayFail.some(({ from, to }) => start <= to && end >= from);
}

function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
