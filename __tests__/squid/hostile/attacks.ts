import { FORGED_LINE, SECRET } from "./forged";
import type { Flood } from "./flood";
import { clientHello } from "../client-hello";

type Says = Flood["says"];

const hello = (serverName?: string) => Buffer.concat(clientHello(serverName));

const lines = (...all: readonly string[]) => [...all, "", ""].join("\r\n");
const get = (url: string, ...headers: readonly string[]) =>
  lines(`GET ${url} HTTP/1.1`, ...headers);
const tunnel = (host: string, ...headers: readonly string[]) =>
  lines(`CONNECT ${host}:443 HTTP/1.1`, ...headers);

/** A head with such header lines from each direction; what is denied needs no server. */
const withHeaders = (...headers: readonly string[]) => ({
  requests: (({ origin }) => [get(`http://${origin}/bytes/1`, ...headers)]) satisfies Says,
  "denied requests": (() => [get("http://127.0.0.1/", ...headers)]) satisfies Says,
  tunnels: (({ origin }) => [tunnel(origin, ...headers)]) satisfies Says,
  "denied tunnels": (() => [tunnel("127.0.0.1", ...headers)]) satisfies Says,
});

/** An answer of the hostile web server, to requests that differ in their URL. */
const answers =
  (behaviour: string): Says =>
  ({ server }, count) => [get(`http://${server}/${behaviour}/${count}`)];

/** The same from several directions. */
function from(how: Omit<Flood, "says">, kind: string, directions: Readonly<Record<string, Says>>) {
  const floods = Object.entries(directions).map(([direction, says]) => {
    return [`${kind}: ${direction}`, { ...how, says }] as const;
  });
  return Object.fromEntries(floods) as Record<string, Flood>;
}

const tiny = (count: number) => Array<string>(count).fill("b:");
const list = (name: string, count: number) => `${name}: ${"a,".repeat(count)}a`;

/** What has been found to be looked up, for each entry, in something else that is long. */
const LISTS = ["Connection", "Cache-Control", "Accept-Language", "Range: bytes=0-0", "TE", "Vary"];

const FORGING = withHeaders(`Authorization: Basic ${SECRET}`, `X: y\n${FORGED_LINE}\nX: \0`);

/** What a helper that gets a name in a line of its own could take for something else. */
const STRANGE_NAMES = [
  ...["a1\nb", "a\rb", "a\0b", "a b", 'a"b', "a%0ab", "a\\nb", "\xff.test", "a".repeat(15_000)],
  `\n${FORGED_LINE}\n`,
];

/**
 * What a hostile client does, sometimes in league with a web server, by kind and direction. Each is
 * enough for one client to get more than its share from a proxy of 512 MiB that has no remedy, and
 * little enough that an honest one with a quarter of a CPU has time for others.
 */
export const ATTACKS: Readonly<Record<string, Flood>> = {
  ...from({ connections: 100, perSecond: 25 }, "heads of 60 KB", {
    requests: withHeaders(...tiny(15_000)).requests,
    "denied tunnels": withHeaders(...tiny(15_000))["denied tunnels"],
    answers: answers("big-head"),
  }),
  // As long as is let through.
  ...from({ connections: 200, perSecond: 50 }, "heads of 15 KB", {
    "denied requests": withHeaders(...tiny(3_750))["denied requests"],
    tunnels: withHeaders(...tiny(3_750)).tunnels,
    answers: answers("head"),
  }),
  ...from({ connections: 60, perSecond: 15 }, "trailers", {
    requests: ({ origin }) => [
      lines(`POST http://${origin}/bytes/1 HTTP/1.1`, "Transfer-Encoding: chunked"),
      `0\r\n${lines(...tiny(15_000))}`,
    ],
    answers: answers("trailers"),
  }),

  ...from({ connections: 20, perSecond: 4 }, "tokens times headers", {
    requests: withHeaders(list("Connection", 15_000), ...tiny(7_500)).requests,
    "requests of 15 KB": withHeaders(list("Connection", 3_700), ...tiny(1_900)).requests,
    answers: answers("tokens"),
    "other lists": ({ origin }, count) => [
      get(`http://${origin}/bytes/1`, list(LISTS[count % LISTS.length]!, 3_700), ...tiny(1_900)),
    ],
  }),

  "descriptors: tunnels": {
    ...{ connections: 400, perSecond: 80 },
    says: ({ origin }) => [tunnel(origin)],
  },
  "descriptors: silence": { connections: 600, perSecond: 150, says: () => [""] },
  // A connection to the web server is for one name only.
  "descriptors: names of one server": {
    ...{ connections: 400, perSecond: 80, stays: false },
    says: ({ server }, count) => [get(`http://n${count}.${server}/keep`, "Connection: close")],
  },

  "answers in flight": { connections: 240, perSecond: 40, says: answers("unfinished") },
  ...from({ connections: 150, perSecond: 30, reads: false }, "unread", {
    answers: answers("endless"),
    tunnels: ({ server }) => [tunnel(server), hello("any.test"), "x".repeat(4_000_000)],
  }),

  "tunnels of clients that are gone": {
    ...{ connections: 400, perSecond: 80, reads: false, resetsAfterMs: 1_500 },
    says: ({ server }) => [tunnel(server), hello("any.test"), "x".repeat(400_000)],
  },

  ...from({ connections: 60, perSecond: 20, stays: false }, "forged lines", {
    requests: FORGING.requests,
    "denied tunnels": FORGING["denied tunnels"],
    answers: answers("forging"),
  }),
  ...from({ connections: 200, perSecond: 50, stays: false }, "long lines", {
    "denied requests": () => [get(`http://127.0.0.1/${"\xff".repeat(7_900)}`, "Connection: close")],
  }),

  "server names": {
    ...{ connections: 100, perSecond: 25, stays: false },
    says: ({ origin }, count) => [
      tunnel(origin),
      hello(STRANGE_NAMES[count % STRANGE_NAMES.length]),
    ],
  },

  // Without a name, or with one that is denied, and each time another one.
  "refused server names": {
    ...{ connections: 300, perSecond: 75, stays: false },
    says: ({ origin }, count) => [
      tunnel(origin),
      hello(count % 2 === 0 ? `n${count}.denied.test` : undefined),
    ],
  },

  "slow heads": {
    ...{ connections: 400, perSecond: 100, drips: "x" },
    says: () => ["GET http://origin.test/ HTTP/1.1\r\nX: "],
  },
  "slow bodies": {
    ...{ connections: 200, perSecond: 50, drips: "x" },
    says: ({ origin }) => [
      lines(`POST http://${origin}/bytes/1 HTTP/1.1`, "Content-Length: 9000000"),
    ],
  },
  "interim answers": { connections: 20, perSecond: 4, says: answers("interim") },
  "names without an answer": {
    ...{ connections: 400, perSecond: 100 },
    says: (_, count) => [get(`http://n${count}.silent.test/`)],
  },
};

/** The names of all attacks, or one of each kind, from a direction that changes with the kind. */
export function attackNames(which: "all" | "sample"): string[] {
  const names = Object.keys(ATTACKS);
  if (which === "all") return names;
  const kindOf = (name: string) => name.split(":")[0];
  return [...new Set(names.map(kindOf))].map((kind, index) => {
    const directions = names.filter((name) => kindOf(name) === kind);
    return directions[index % directions.length]!;
  });
}
