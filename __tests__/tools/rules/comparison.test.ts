import { compare, type Difference } from "../../../src/tools/rules/comparison";
import { Rulings } from "../../../src/tools/rules/rulings";
import { checkoutRules } from "./checkout-rules";
import { logged } from "./logged";

const ENFORCED = checkoutRules([{ allowed: [".example.com"], denied: ["bad.example.com"] }]);
const REPORTED = checkoutRules([
  { allowed: [".example.com"], denied: ["bad.example.com"], domainFilter: "report" },
]);
const OTHER = { host: "example.net" };
const BY_ALLOWED = { deniedBy: "allowed-domains" };
const MARKED = { wouldBeDeniedBy: "allowed-domains" };

test.each<[string, typeof ENFORCED, object, string | undefined, string | undefined]>([
  ["passed, and passes", ENFORCED, {}, undefined, undefined],
  ["passed, and is refused", ENFORCED, OTHER, "denied", "allowed-domains"],
  ["was marked, and is refused", ENFORCED, { ...OTHER, ...MARKED }, "denied", "allowed-domains"],
  ["was refused, and is", ENFORCED, { ...OTHER, ...BY_ALLOWED }, undefined, undefined],
  [
    "was refused by another list",
    ENFORCED,
    { ...OTHER, deniedBy: "denied-domains" },
    undefined,
    undefined,
  ],
  ["was refused, and passes", ENFORCED, BY_ALLOWED, "admitted", "allowed-domains"],
  [
    "was unknown, and passes",
    ENFORCED,
    { deniedBy: "unknown-client" },
    "admitted",
    "unknown-client",
  ],
  [
    "was refused, and is marked",
    REPORTED,
    { ...OTHER, ...BY_ALLOWED },
    "admitted",
    "allowed-domains",
  ],
  ["passed, and is marked", REPORTED, OTHER, "marked", "allowed-domains"],
  ["was marked, and is", REPORTED, { ...OTHER, ...MARKED }, undefined, undefined],
  ["was marked, and passes", REPORTED, MARKED, "unmarked", "allowed-domains"],
  [
    "was marked for no name in TLS, and passes",
    REPORTED,
    { wouldBeDeniedBy: "missing-sni" },
    undefined,
    undefined,
  ],
  [
    "was marked for no name in TLS, and is",
    REPORTED,
    { ...OTHER, wouldBeDeniedBy: "missing-sni" },
    "marked",
    "allowed-domains",
  ],
])("%s", (_, checkout, requests, kind, by) => {
  const { differences, compared } = compare(
    [logged({ ...requests, count: 3 })],
    new Rulings(checkout),
  );
  expect(compared).toBe(3);
  expect(differences.map((difference) => [difference.kind, difference.by])).toEqual(
    kind === undefined ? [] : [[kind, by]],
  );
});

test.each(["port", "private-address", "connections", "head", "dns", "missing-sni"])(
  "leaves out what %s has refused",
  (deniedBy) => {
    const { differences, ...counts } = compare(
      [logged({ ...OTHER, deniedBy, count: 2 })],
      new Rulings(ENFORCED),
    );
    expect([differences, counts]).toEqual([[], { compared: 0, refusedOtherwise: 2 }]);
  },
);

test("an address that the guard refuses is not newly admitted", () => {
  const requests = [logged({ host: "10.0.0.1", ...BY_ALLOWED })];
  expect(compare(requests, new Rulings(checkoutRules([{}]))).differences).toEqual([]);
});

test("sums up by client and host, what is denied first, and of that the most", () => {
  const settings = { consumers: [{ name: "office", endpointId: "vpce-0fedcba9876543210" }] };
  const rulings = new Rulings(checkoutRules([{ allowed: ["example.com"] }], settings));
  const { differences } = compare(
    [
      logged({ ...BY_ALLOWED, count: 100 }),
      logged({ host: "b.example", count: 2, last: "2026-11-02T00:00:00.000Z" }),
      logged({ host: "a.example", count: 2 }),
      logged({
        host: "b.example",
        method: "GET",
        port: 80,
        count: 4,
        last: "2026-11-01T00:00:00.000Z",
      }),
      logged({ host: "c.example", consumer: null, endpoint: "vpce-0fedcba9876543210" }),
      logged({ host: "c.example", consumer: null, endpoint: "vpce-00000000000000000" }),
      logged({ host: "c.example", consumer: "gone" }),
      logged({ host: "c.example", consumer: null, endpoint: null }),
    ],
    rulings,
  );
  const rows = differences.map(({ kind, client, host, count, last }: Difference) => [
    kind,
    client,
    host,
    count,
    last.slice(0, 10),
  ]);
  expect(rows).toEqual([
    ["denied", "lab", "b.example", 6, "2026-11-02"],
    ["denied", "lab", "a.example", 2, "2026-11-28"],
    ["denied", "gone", "c.example", 1, "2026-11-28"],
    ["denied", "office", "c.example", 1, "2026-11-28"],
    ["denied", "unknown", "c.example", 1, "2026-11-28"],
    ["denied", "vpce-00000000000000000", "c.example", 1, "2026-11-28"],
    ["admitted", "lab", "example.com", 100, "2026-11-28"],
  ]);
});
