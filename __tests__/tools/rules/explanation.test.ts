import type { RuleFolder } from "../../../src/configuration/rules/rule-folder";
import { explanation } from "../../../src/tools/rules/explanation";
import { parseTarget, type Target } from "../../../src/tools/rules/target";
import { checkoutRules } from "./checkout-rules";

const NO_FILES: RuleFolder = { sets: new Map(), bundles: new Map(), mistakes: [] };

function explain(
  checkout: ReturnType<typeof checkoutRules>,
  target: string,
  { client = "lab", folder = NO_FILES }: { client?: string | null; folder?: RuleFolder } = {},
) {
  const { isAdmitted, lines } = explanation({
    ...{ client, checkout, folder },
    target: parseTarget(target) as Target,
  });
  return [isAdmitted, lines.join("\n")];
}

const LISTS = checkoutRules([
  { allowed: ["example.org", ".example.com"], denied: ["bad.example.com"] },
]);

test.each<[string, boolean, string]>([
  [
    "www.example.com",
    true,
    "Admitted: lab reaches www.example.com:443 by a tunnel, as for HTTPS.\n" +
      "  port     443 is in proxy.connectPorts, [443]\n" +
      "  rules    rules/default/allowed-domains.txt:2 has .example.com",
  ],
  [
    "bad.example.com",
    false,
    "Refused: lab does not reach bad.example.com:443 by a tunnel, as for HTTPS. In the log, deniedBy is denied-domains.\n" +
      "  port     443 is in proxy.connectPorts, [443]\n" +
      '  rules    rules/default/denied-domains.txt:1 has bad.example.com; the set\'s domainFilter is "enforce"',
  ],
  [
    "http://example.net",
    false,
    "Refused: lab does not reach example.net:80 by plain HTTP. In the log, deniedBy is allowed-domains.\n" +
      "  port     80 is in proxy.httpPorts, [80]\n" +
      '  rules    rules/default/allowed-domains.txt does not have it; the set\'s domainFilter is "enforce"',
  ],
  [
    "example.com:80",
    false,
    "Refused: lab does not reach example.com:80 by a tunnel, as for HTTPS. In the log, deniedBy is port.\n" +
      "  port     80 is not in proxy.connectPorts, [443]. Plain HTTP may go there: http://example.com:80\n" +
      "  rules    rules/default/allowed-domains.txt:2 has .example.com",
  ],
  [
    "ftp://example.com",
    false,
    "Refused: lab does not reach example.com by FTP. In the log, deniedBy is scheme.\n" +
      "  scheme   only HTTP goes through the proxy, and tunnels (squid/squid.conf)\n" +
      "  rules    rules/default/allowed-domains.txt:2 has .example.com",
  ],
])("explains %s", (target, isAdmitted, text) => {
  expect(explain(LISTS, target)).toEqual([isAdmitted, text]);
});

test("explains an empty list of allowed domains, and addresses", () => {
  const all = checkoutRules([{}]);
  expect(explain(all, "198.51.100.7")).toEqual([
    true,
    expect.stringMatching(
      /^Admitted: .*\n.*\n {2}rules {4}rules\/default\/allowed-domains.txt is empty, .*\n {2}address {2}is one of the Internet/,
    ),
  ]);
  expect(explain(all, "10.0.0.1")).toEqual([
    false,
    expect.stringMatching(
      /deniedBy is private-address\.\n.*\n.*\n {2}address {2}is private, and proxy.privateCidrs/,
    ),
  ]);
  expect(explain(all, "[::1]:443")).toEqual([
    false,
    expect.stringMatching(/^Refused: lab does not reach \[::1\]:443 by .* is internal-address\.\n/),
  ]);
});

test("explains a set that only reports", () => {
  const reporting = checkoutRules([{ allowed: ["example.com"], domainFilter: "report" }]);
  expect(explain(reporting, "example.net")).toEqual([
    true,
    expect.stringMatching(
      /^Admitted, and marked: lab reaches .* wouldBeDeniedBy is allowed-domains\.\n.*\n.*domainFilter is "report"$/,
    ),
  ]);
});

test("names the line that brings a bundle in, and the region that stands in a rule", () => {
  const { rules, ...checkout } = checkoutRules([{}]);
  const rule = { text: "ec2.{region}.amazonaws.com", file: "rules/bundles/aws.txt", line: 7 };
  const set = { ...rules.sets[0]!, allowed: [rule] };
  const file = "rules/default/allowed-domains.txt";
  const folder = {
    ...NO_FILES,
    sets: new Map([
      ["default", { allowed: { file, content: "# Ours\nexample.com\n@AWS # all\n" } }],
    ]),
  };
  const [, text] = explain(
    { ...checkout, rules: { ...rules, sets: [set] } },
    "ec2.us-east-1.amazonaws.com",
    { folder },
  );
  expect(text).toContain(
    "rules/bundles/aws.txt:7 has ec2.{region}.amazonaws.com, where the region is us-east-1, by @AWS in rules/default/allowed-domains.txt:3",
  );
});

test("names what the fleet's own clients always reach, and others do not", () => {
  const settings = { consumers: [{ name: "office", endpointId: "vpce-0123456789abcdef0" }] };
  const checkout = checkoutRules([{ allowed: ["example.com"] }], settings, [
    "ssm.{region}.amazonaws.com",
  ]);
  expect(explain(checkout, "ssm.us-east-1.amazonaws.com")).toEqual([
    true,
    expect.stringContaining(
      "session-manager.txt:1 has ssm.{region}.amazonaws.com, where the region is us-east-1: what the",
    ),
  ]);
  expect(explain(checkout, "ssm.us-east-1.amazonaws.com", { client: "office" })[0]).toBe(false);
});

test("explains what holds for an endpoint that nobody has named", () => {
  expect(explain(LISTS, "example.org", { client: null })).toEqual([
    true,
    expect.stringMatching(/^Admitted: An endpoint that nobody has named reaches /),
  ]);
  const denying = checkoutRules([{}], { unknownClients: "deny" });
  expect(explain(denying, "example.org", { client: null })).toEqual([
    false,
    expect.stringMatching(
      /deniedBy is unknown-client\.\n.*\n {2}rules {4}unknownClients is "deny"$/,
    ),
  ]);
});
