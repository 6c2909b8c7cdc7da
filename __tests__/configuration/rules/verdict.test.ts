import fc from "fast-check";
import { numericHost, parseNetwork } from "../../../src/common/addresses";
import { judgeOf, matcherOf } from "../../../src/configuration/rules/verdict";
import { parseSettings } from "../../../src/configuration/settings";
import type { RuleSet } from "../../../src/fleet/rules/rule-set";
import { ruleSet } from "../../helpers/rules";

const REGION = "eu-west-1";

/** The lists as somebody writes them, and what they say of hosts. */
const SET = ruleSet({
  name: "office",
  allowed: [
    ...[".example.test", "only.test", "both.test", "ec2.*.amazonaws.test", ".s3.*.amazonaws.test"],
    ...["ssm.{region}.amazonaws.test", "198.51.100.0/24", "2606:4700::/32"],
  ],
  denied: ["both.test", ".bad.example.test", "198.51.100.7/32", "evil.*.test"],
});

const of = (set: RuleSet, host: string) => {
  const { deniedBy, wouldBeDeniedBy, rule } = matcherOf(set, REGION)(host);
  return [deniedBy ?? wouldBeDeniedBy ?? "passes", rule && `${rule.file}:${rule.line}`];
};

const allowed = (line: number) => ["passes", `rules/office/allowed-domains.txt:${line}`];
const denied = (line: number) => ["denied-domains", `rules/office/denied-domains.txt:${line}`];
const UNLISTED = ["allowed-domains", undefined];

test.each([
  ["example.test", allowed(1)],
  ["www.example.test", allowed(1)],
  ["A.B.Example.Test", allowed(1)],
  ["www.example.test.", allowed(1)],
  ["notexample.test", UNLISTED],
  ["only.test", allowed(2)],
  ["www.only.test", UNLISTED],
  ["other.test", UNLISTED],
  ["both.test", denied(1)],
  ["bad.example.test", denied(2)],
  ["very.bad.example.test", denied(2)],
  ["ec2.eu-west-1.amazonaws.test", allowed(4)],
  ["ec2.amazonaws.test", UNLISTED],
  ["ec2..amazonaws.test", UNLISTED],
  ["ec2.a.b.amazonaws.test", UNLISTED],
  ["x.ec2.a.amazonaws.test", UNLISTED],
  ["s3.a.amazonaws.test", allowed(5)],
  ["bucket.s3.a.amazonaws.test", allowed(5)],
  ["s3.amazonaws.test", UNLISTED],
  ["ssm.eu-west-1.amazonaws.test", allowed(6)],
  ["ssm.eu-west-2.amazonaws.test", UNLISTED],
  ["evil.x.test", denied(4)],
  ["198.51.100.1", allowed(7)],
  ["0xc6.0x33.25601", allowed(7)],
  ["3325256705", allowed(7)],
  ["198.51.100.7", denied(3)],
  ["[::ffff:198.51.100.7]", denied(3)],
  ["198.51.0144.7", denied(3)],
  ["198.51.101.1", UNLISTED],
  ["[2606:4700::1111]", allowed(8)],
  ["2606:4701::1111", UNLISTED],
  ["", UNLISTED],
])("of %j a set says %j", (host, says) => {
  expect(of(SET, host)).toEqual(says);
});

test("without allowed rules all passes that is not denied", () => {
  const set = { ...SET, allowed: [] };
  expect(of(set, "other.test")).toEqual(["passes", undefined]);
  expect(of(set, "both.test")).toEqual(denied(1));
  expect(of(ruleSet({ allowed: ["8.8.8.8/32"] }), "other.test")).toEqual(UNLISTED);
});

test("a set that reports denies nothing, and says what it would", () => {
  const matcher = matcherOf({ ...SET, domainFilter: "report" }, REGION);
  expect(matcher("other.test")).toEqual({ wouldBeDeniedBy: "allowed-domains" });
  expect(matcher("both.test")).toEqual({
    wouldBeDeniedBy: "denied-domains",
    rule: SET.denied[0],
  });
});

describe("of a client", () => {
  const rules = {
    sets: [SET, ruleSet({ denied: ["only.test"] })],
    always: ruleSet({ name: "session-manager", allowed: ["ssm.{region}.test"] }).allowed,
  };
  const judge = (unknownClients: "default" | "deny") => {
    const parsed = parseSettings({
      clients: [{ name: "lab" }, { name: "office-1", rules: "office" }],
      consumers: [{ name: "partner", endpointId: "vpce-0123456789abcdef0", rules: "office" }],
      unknownClients,
    });
    if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
    return judgeOf(rules, parsed.settings, REGION);
  };

  test("its own set holds, and of one that nobody knows the default", () => {
    const verdict = judge("default");
    expect(verdict("lab", "only.test")).toMatchObject({
      rules: "default",
      deniedBy: "denied-domains",
    });
    expect(verdict("partner", "only.test")).toEqual({ rules: "office", rule: SET.allowed[1] });
    expect(verdict("nobody", "other.test")).toEqual({ rules: "default" });
    expect(verdict(null, "only.test")).toMatchObject({ deniedBy: "denied-domains" });
  });

  test("what is always reached is reached by the fleet's own", () => {
    const verdict = judge("default");
    const [always] = rules.always;
    expect(verdict("office-1", `ssm.${REGION}.test`)).toEqual({ rules: "office", rule: always });
    expect(verdict("partner", `ssm.${REGION}.test`)).toMatchObject({ deniedBy: "allowed-domains" });
  });

  test("that nobody knows nothing passes, if so set", () => {
    const verdict = judge("deny");
    expect(verdict(null, "other.test")).toEqual({ rules: null, deniedBy: "unknown-client" });
    expect(verdict("nobody", "other.test")).toEqual({ rules: null, deniedBy: "unknown-client" });
    expect(verdict("lab", "other.test")).toEqual({ rules: "default" });
  });
});

/** Whether a rule has a host, as docs/rules.md says it. */
function matches(rule: string, host: string): boolean {
  const address = numericHost(host);
  const network = parseNetwork(rule);
  if (address !== undefined || network !== undefined) {
    if (address === undefined || address.bits !== network?.bits) return false;
    return (address.value ^ network.value) >> BigInt(network.bits - network.prefix) === 0n;
  }
  const [, dot, name] = /^(\.?)(.*)$/.exec(rule.replaceAll("{region}", REGION))!;
  const pattern = name!.replaceAll(".", "\\.").replace("*", "[^.]+");
  return new RegExp(`^${dot === "." ? "(.*\\.)?" : ""}${pattern}$`).test(host);
}

test("a set says what its rules say one by one", () => {
  const part = fc.constantFrom("a", "b", REGION);
  const host = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(".")),
    fc.constantFrom(
      "8.8.8.8",
      "8.8.2057",
      "010.8.8.8",
      "0x8080808",
      "8.8.8",
      "2606::1",
      "2606:1::",
    ),
  );
  const label: fc.Arbitrary<string> = fc.constantFrom("a", "b", "{region}");
  const name = fc
    .tuple(fc.constantFrom("", "."), fc.array(label, { minLength: 2, maxLength: 4 }), fc.nat(2))
    .map(([dot, parts, star]) => {
      const middle = star > 0 && star < parts.length - 1;
      return `${dot}${(middle ? parts.with(star, "*") : parts).join(".")}`;
    });
  const network = fc.constantFrom(
    "8.8.8.8/32",
    "8.8.8.0/24",
    "8.0.0.0/8",
    "2606::1/128",
    "2606::/16",
  );
  const list = fc.array(fc.oneof({ weight: 3, arbitrary: name }, network), { maxLength: 5 });
  fc.assert(
    fc.property(list, list, host, (allow, deny, asked) => {
      const { deniedBy, rule } = matcherOf(
        ruleSet({ allowed: allow, denied: deny }),
        REGION,
      )(asked);
      const isDenied = deny.some((one) => matches(one, asked));
      const isAllowed = allow.length === 0 || allow.some((one) => matches(one, asked));
      const expected = isAllowed ? undefined : "allowed-domains";
      expect(deniedBy).toBe(isDenied ? "denied-domains" : expected);
      expect(rule === undefined || matches(rule.text, asked)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

// A second or two; one that compared each host with all rules would be at it for minutes.
test("100,000 hosts are judged by 20,000 rules", () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `.domain-${index}.example.test`);
  const matcher = matcherOf(ruleSet({ allowed: [...names, "a.*.test"] }), REGION);
  let passed = 0;
  for (let index = 0; index < 100_000; index++) {
    if (matcher(`www.host.domain-${index}.example.test`).deniedBy === undefined) passed++;
  }
  expect(passed).toBe(20_000);
}, 60_000);
