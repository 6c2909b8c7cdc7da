import fc from "fast-check";
import { parse } from "tldts";
import { parseRuleList } from "../../../src/configuration/rules/rule-list";
import type { LoggedRequests } from "../../../src/tools/logs/access-log";
import { learnedLines } from "../../../src/tools/rules/learned-lines";
import { Rulings, type CheckoutRules } from "../../../src/tools/rules/rulings";
import { checkoutRules } from "./checkout-rules";
import { logged } from "./logged";

function learn(
  hosts: readonly (string | Partial<LoggedRequests>)[],
  checkout = checkoutRules([{}]),
) {
  const requests = hosts.map((host) => logged(typeof host === "string" ? { host } : host));
  return learnedLines("lab", requests, new Rulings(checkout), checkout);
}

const texts = (lines: readonly { text: string }[]) => lines.map(({ text }) => text);

test("learns exact names, counted, with the time of the last", () => {
  const { lines } = learn([
    { host: "b.example", count: 2, last: "2026-11-02T00:00:00.000Z" },
    { host: "a.example" },
    { host: "b.example.", port: 80, method: "GET", count: 3, last: "2026-11-01T00:00:00.000Z" },
  ]);
  expect(lines).toEqual([
    { text: "a.example", count: 1, last: "2026-11-28T10:15:30.123Z" },
    { text: "b.example", count: 5, last: "2026-11-02T00:00:00.000Z" },
  ]);
});

test.each<[string, string[], string[]]>([
  ["two names", ["a.example.com", "b.example.com"], ["a.example.com", "b.example.com"]],
  ["three names", ["a.example.com", "b.example.com", "example.com"], [".example.com"]],
  [
    "three names below a part of it",
    ["a.b.example.com", "c.b.example.com", "b.example.com", "d.example.com"],
    [".b.example.com", "d.example.com"],
  ],
  [
    "three lines, one for a part of it",
    ["a.b.example.com", "c.b.example.com", "b.example.com", "d.example.com", "example.com"],
    [".example.com"],
  ],
  ["names of several owners", ["a.co.uk", "b.co.uk", "c.co.uk"], ["a.co.uk", "b.co.uk", "c.co.uk"]],
  [
    "names of a host's customers",
    ["a.github.io", "b.github.io", "c.github.io"],
    ["a.github.io", "b.github.io", "c.github.io"],
  ],
  ["names of one customer", ["x.a.github.io", "y.a.github.io", "z.a.github.io"], [".a.github.io"]],
  [
    "AWS's services",
    ["ec2.amazonaws.com", "sts.amazonaws.com", "checkip.amazonaws.com"],
    ["checkip.amazonaws.com", "ec2.amazonaws.com", "sts.amazonaws.com"],
  ],
  [
    "AWS's services of a region",
    ["ec2.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com", "ssm.us-east-1.amazonaws.com"],
    ["ec2.us-east-1.amazonaws.com", "ssm.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com"],
  ],
  [
    "names of an internal domain",
    ["a.corp.internal", "b.corp.internal", "c.corp.internal"],
    [".corp.internal"],
  ],
])("of %s", (_, hosts, lines) => {
  expect(texts(learn(hosts).lines)).toEqual(lines);
});

test("learns no domain above one with several owners, whoever asks for names beside it", () => {
  const hosts = ["x.shop.example.co.uk", "a.github.io", "b.github.io", "www.io", "x.io", "io"];
  expect(texts(learn(hosts).lines)).toEqual([
    "a.github.io",
    "b.github.io",
    "www.io",
    "x.io",
    "x.shop.example.co.uk",
  ]);
});

test("learns addresses of the Internet, as people write them", () => {
  const hosts = ["198.51.100.7", "0xC6336407", "[2600:1F00::1]", "[::ffff:198.51.100.8]"];
  expect(texts(learn(hosts).lines)).toEqual(["198.51.100.7", "198.51.100.8", "2600:1f00::1"]);
});

test("learns the name in TLS as well", () => {
  expect(texts(learn([{ host: "a.example", sni: "b.example" }]).lines)).toEqual([
    "a.example",
    "b.example",
  ]);
});

test("learns nothing that the rules admit already", () => {
  const checkout = checkoutRules([{ allowed: [".example.com", "ec2.*.example.net"] }], {}, [
    "a.example",
  ]);
  const hosts = ["a.example", "www.example.com", "ec2.x.example.net", "ec2.example.net"];
  expect(texts(learn(hosts, checkout).lines)).toEqual(["ec2.example.net"]);
});

test("learns nothing from requests that something else refused, then or now", () => {
  const { lines, left } = learn([
    { host: "a.example", deniedBy: "private-address" },
    { host: "b.example", deniedBy: "dns" },
    { host: "c.example", port: 25 },
    { host: "d.example", port: 443, method: "GET" },
  ]);
  expect([lines, left]).toEqual([[], []]);
});

test("says what it leaves out, and why", () => {
  const checkout = checkoutRules([{ denied: ["bad.example.com"], domainFilter: "report" }]);
  const { lines, left } = learn(["bad.example.com", "10.0.0.1", "127.1", "localhost"], checkout);
  expect(lines).toEqual([]);
  expect(left.map(({ text, reason }) => `${text}: ${reason}`)).toEqual([
    "10.0.0.1: the proxy refuses it whatever is listed (private-address)",
    "127.0.0.1: the proxy refuses it whatever is listed (internal-address)",
    "bad.example.com: rules/default/denied-domains.txt:1 denies it",
    "localhost: it is no name or address of the Internet",
  ]);
});

test.each([
  ".com",
  ".example.com",
  "a.*.example.com",
  "@debian",
  "ec2.{region}.example.com",
  "198.51.100.0/24",
  "a.example # b",
  "a.example\n.com",
  "-a.example",
])("no client chooses a pattern: %p", (host) => {
  const { lines, left } = learn([host]);
  expect([lines, left]).toEqual([[], [expect.objectContaining({ text: host })]]);
});

describe("whatever was asked for, and whatever is allowed", () => {
  const label = fc.constantFrom("a", "b", "c", "www");
  const domain = fc.constantFrom(
    "example.com",
    "example.co.uk",
    "co.uk",
    "github.io",
    "s3.amazonaws.com",
    "amazonaws.com",
    "corp.internal",
    "com",
  );
  const host = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.array(label, { maxLength: 3 }), domain)
        .map(([below, name]) => [...below, name].join(".")),
    },
    fc.constantFrom(
      "198.51.100.7",
      "198.51.100.8",
      "[2600:1f00::1]",
      "10.0.0.1",
      "127.1",
      ".com",
      "a.*.com",
      "@debian",
      "localhost",
    ),
  );
  const request = fc.record({
    host,
    sni: fc.option(host, { nil: null, freq: 5 }),
    method: fc.constantFrom("CONNECT", "GET"),
    port: fc.constantFrom(80, 443),
    deniedBy: fc.constantFrom(
      null,
      "allowed-domains",
      "denied-domains",
      "port",
      "internal-address",
    ),
    count: fc.integer({ min: 1, max: 9 }),
  });
  const rule = fc.constantFrom(
    "a.example.com",
    ".b.example.com",
    "a.*.example.com",
    ".github.io",
    "198.51.100.7/32",
    ".corp.internal",
    "x.example",
  );
  const lists = fc.record({
    allowed: fc.uniqueArray(rule, { minLength: 1 }),
    denied: fc.uniqueArray(rule),
  });

  /** Whether the rules admit all that is to be learnt from. */
  function admitsAll(
    checkout: CheckoutRules,
    requests: readonly LoggedRequests[],
    left: readonly string[],
  ) {
    const rulings = new Rulings(checkout);
    return requests
      .filter(({ deniedBy }) => deniedBy === null || deniedBy.endsWith("-domains"))
      .map((asked) => [asked, rulings.of("lab", asked).deniedBy] as const)
      .filter(([, deniedBy]) => deniedBy !== "port")
      .every(
        ([asked, deniedBy]) => deniedBy === undefined || left.some((text) => isFor(asked, text)),
      );
  }

  /** Whether a host that was left out, or its name in TLS, is the request's. */
  function isFor({ host, sni }: LoggedRequests, text: string) {
    return [host, sni ?? ""].some((name) =>
      [name, `[${name}]`, name === "127.1" ? "127.0.0.1" : name].includes(text),
    );
  }

  function withAllowed(checkout: CheckoutRules, allowed: readonly string[]): CheckoutRules {
    const { settings } = checkout;
    const { denied } = checkout.rules.sets[0]!;
    return {
      ...checkoutRules([
        {
          allowed: allowed.map((text) => parseRuleList("", text).rules[0]!.text),
          denied: texts(denied),
        },
      ]),
      settings,
    };
  }

  test("the lines and the present ones admit it all, and without any of the lines they would not", () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 25 }), lists, (asked, { allowed, denied }) => {
        const checkout = checkoutRules([{ allowed, denied }]);
        const requests = asked.map((one) => logged(one));
        const { lines, left } = learnedLines("lab", requests, new Rulings(checkout), checkout);
        const added = texts(lines);

        expect(parseRuleList("list", added.join("\n")).mistakes).toEqual([]);
        expect(
          admitsAll(withAllowed(checkout, [...allowed, ...added]), requests, texts(left)),
        ).toBe(true);
        for (const text of added) {
          const without = [...allowed, ...added.filter((other) => other !== text)];
          expect(admitsAll(withAllowed(checkout, without), requests, texts(left))).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("no line is for more than one owner's names, and their order does not matter", () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 25 }), (asked) => {
        const learned = learn(asked);
        for (const text of texts(learned.lines).filter((line) => line.startsWith("."))) {
          const { domain } = parse(text.slice(1), { allowPrivateDomains: true });
          expect(domain).not.toBeNull();
          expect(text).not.toBe(".amazonaws.com");
        }
        expect(learn([...asked].reverse())).toEqual(learned);
      }),
      { numRuns: 500 },
    );
  });
});
