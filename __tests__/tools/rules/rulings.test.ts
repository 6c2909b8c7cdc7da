import { guardOf, Rulings } from "../../../src/tools/rules/rulings";
import { checkoutRules } from "./checkout-rules";
import { logged } from "./logged";

const ENDPOINT = "vpce-0fedcba9876543210";
const CONSUMERS = { consumers: [{ name: "office", endpointId: ENDPOINT, rules: "strict" }] };

describe("whose requests they are", () => {
  const rulings = new Rulings(
    checkoutRules([{}, { name: "strict" }], { ...CONSUMERS, clients: [{ name: "lab" }] }),
  );

  test.each<[string, object, string | null]>([
    ["the name that the log has", { consumer: "lab", endpoint: null }, "lab"],
    ["of a log without names, the endpoint's", { consumer: null, endpoint: ENDPOINT }, "office"],
    ["of a name that is gone, the endpoint's", { consumer: "old", endpoint: ENDPOINT }, "office"],
    ["nobody's, of an endpoint that nobody named", { consumer: null }, null],
    ["nobody's, without an endpoint", { consumer: null, endpoint: null }, null],
  ])("%s", (_, requests, client) => {
    expect(rulings.clientOf(logged(requests))).toBe(client);
  });
});

test.each<[string, object, object]>([
  ["a port that is closed for tunnels", { port: 80 }, { deniedBy: "port" }],
  ["a port that is closed for plain HTTP", { method: "GET" }, { deniedBy: "port" }],
  ["a port for plain HTTP", { method: "GET", port: 80 }, {}],
  ["a name that is not listed", { host: "example.net" }, { deniedBy: "allowed-domains" }],
  ["a name that is denied", { host: "bad.example.com" }, { deniedBy: "denied-domains" }],
  ["a name in TLS that is not listed", { sni: "example.net" }, { deniedBy: "allowed-domains" }],
  ["a name in TLS that is listed, too", { sni: "www.example.com" }, {}],
  [
    "a metadata service, before it is called internal",
    { host: "169.254.169.254" },
    { deniedBy: "allowed-domains" },
  ],
])("judges %s", (_, asked, expected) => {
  const checkout = checkoutRules([{ allowed: [".example.com"], denied: ["bad.example.com"] }]);
  expect(new Rulings(checkout).of("lab", logged(asked))).toEqual(expect.objectContaining(expected));
  expect(new Rulings(checkout).of("lab", logged(asked)).deniedBy).toBe(
    (expected as { deniedBy?: string }).deniedBy,
  );
});

test("refuses internal addresses where the rules admit all, and a set that reports marks none of them", () => {
  const rulings = new Rulings(
    checkoutRules([{ denied: ["169.254.169.254/32"], domainFilter: "report" }]),
  );
  expect(rulings.of("lab", logged({ host: "169.254.169.254" }))).toEqual({
    deniedBy: "internal-address",
  });
});

test.each<[string, string | undefined]>([
  ["example.com", undefined],
  ["198.51.100.7", undefined],
  ["[2600:1f00::1]", undefined],
  ["10.9.0.7", undefined],
  ["10.8.0.7", "private-address"],
  ["0x0a080007", "private-address"],
  ["[::ffff:192.168.0.1]", "private-address"],
  ["127.1", "internal-address"],
  ["2852039166", "internal-address"],
  ["[fe80::1]", "internal-address"],
])("the guard of %s is %s", (host, guard) => {
  expect(guardOf(host, ["10.9.0.0/16"])).toBe(guard);
});
