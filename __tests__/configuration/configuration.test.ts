import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadConfiguration } from "../../src/configuration/configuration";
import { copyRules, writeRuleSet } from "../helpers/checkout";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "configuration-"));
  copyRules(directory);
  configure({});
});

afterEach(() => rmSync(directory, { recursive: true }));

function configure(settings: unknown): void {
  const content = JSON.stringify({ context: { "proxy-fleet": settings } });
  writeFileSync(path.join(directory, "cdktf.json"), content);
}

const load = (variables = {}) => loadConfiguration(directory, variables);

/** The lines between the first and the last of the message that loading ends with. */
function mistakes(variables = {}): string[] {
  try {
    load(variables);
  } catch (error) {
    return (error as Error).message.split("\n").slice(1, -1);
  }
  return [];
}

test("settings and environment that are right are handed on", () => {
  configure({ name: "web" });
  expect(load({ TF_WORKSPACE: "us-west-2" })).toMatchObject({
    settings: { name: "web" },
    environment: { workspace: "us-west-2" },
  });
});

describe("the file", () => {
  const write = (text: string) => writeFileSync(path.join(directory, "cdktf.json"), text);

  test.each([
    ["{", "  cdktf.json:1:2: a closing } is missing."],
    ["", "  cdktf.json:1:1: a value is missing here."],
  ])("that is no JSON says where: %j", (text, mistake) => {
    write(text);
    expect(load).toThrow(`cdktf.json is no JSON:\n${mistake}`);
  });

  test.each([
    ["[]", "cdktf.json is [], and must be an object"],
    ["null", "cdktf.json is null, and must be an object"],
    ['{"context": null}', "cdktf.json: context is null, and must be an object"],
  ])("that is no object says so: %s", (text, message) => {
    write(text);
    expect(load).toThrow(message);
  });

  test("names what nothing would read, and what would be read in another one's place", () => {
    write(
      `{
        "context": { "proxy-fleet": { "vpc": { "azs": 3 }, "name": "web" } },
        "proxy-fleet": {},
        "regions": ["eu-west-1"],
        "contxt": {},
        "context": {
          "proxy-flet": {},
          "proxy-fleet": {
            "vpc": { "cidr": "10.1.0.0/16" },
            "regions": ["eu-centrl-1"],
            "vpc": {}
          }
        }
      }`,
    );
    expect(mistakes()).toEqual([
      '  cdktf.json:6:9: "context" is here again, after line 2. Of two, JSON takes the last alone: make them one.',
      '  cdktf.json:11:13: "vpc" is here again, after line 9. Of two, JSON takes the last alone: make them one.',
      '  cdktf.json: "proxy-fleet" belongs inside "context".',
      '  cdktf.json: "regions" belongs inside "proxy-fleet", which is inside "context".',
      '  cdktf.json: "contxt" is not read. Did you mean "context"?',
      '  cdktf.json, context: "proxy-flet" is not read. Did you mean "proxy-fleet"?',
      '  cdktf.json, context: proxy-fleet.regions[0]: "eu-centrl-1" is not allowed. Allowed: "eu-central-1", which is the nearest region.',
    ]);
  });

  test("without settings has the defaults, and with null for them none", () => {
    write('{"context": {}}');
    expect(load().settings.name).toBe("proxy");
    configure(null);
    expect(mistakes()).toEqual([
      "  cdktf.json, context: proxy-fleet: null is not allowed. Allowed: an object.",
    ]);
  });
});

test("mistakes in the rules stand beside all others", () => {
  configure({ nme: "web", clients: [{ rules: "ofice" }] });
  writeRuleSet(directory, "default", {
    allowed: "a.com\nhttp://b.com\n@debain",
    denied: "10.0.0.1",
  });
  writeRuleSet(directory, "office");
  expect(mistakes({ STATE_REGION: "mars" })).toEqual([
    '  cdktf.json, context: proxy-fleet: "nme" is not a setting. Did you mean "name"?',
    '  cdktf.json, context: proxy-fleet.clients[0].rules: "ofice" is no rule set, as there is no folder rules/ofice. Did you mean "office"?',
    expect.stringMatching(/^ {2}environment variable STATE_REGION: /),
    expect.stringMatching(
      /^ {2}rules\/default\/allowed-domains\.txt:2: "http:\/\/b\.com" is a URL/,
    ),
    '  rules/default/allowed-domains.txt:3: "@debain" is no bundle: there is no rules/bundles/debain.txt. Did you mean "@debian"?',
    expect.stringMatching(
      /^ {2}rules\/default\/denied-domains\.txt:1: "10\.0\.0\.1" is in 10\.0\.0\.0\/8,/,
    ),
    "  rules/office: is used by nobody. Name it in clients[].rules or consumers[].rules, or remove it.",
  ]);
});

test("rules that are right are handed on, also for an image that was built elsewhere", () => {
  configure({ image: { uri: "registry.example/squid:1" } });
  writeRuleSet(directory, "default", { allowed: "# Mirrors\n.Example.com\n" });
  const { rules } = load();
  expect(rules.sets).toEqual([
    {
      name: "default",
      domainFilter: "enforce",
      allowed: [{ text: ".example.com", file: "rules/default/allowed-domains.txt", line: 2 }],
      denied: [],
    },
  ]);
  expect(rules.always).toContainEqual(
    expect.objectContaining({
      text: "ssm.{region}.amazonaws.com",
      file: "rules/bundles/session-manager.txt",
    }),
  );
});

test("alarms that tell nobody are warned of", () => {
  const quiet = { account: "standard" };
  configure(quiet);
  expect(load().warnings).toEqual([
    'cdktf.json: the alarms tell nobody. Set alarms.email or alarms.topicArn, or "mode": "off" in alarms.',
  ]);
  for (const alarms of [{ email: ["on-call@example.com"] }, { mode: "off" }]) {
    configure({ ...quiet, alarms });
    expect(load().warnings).toEqual([]);
  }
});

test("a quota that a new account would exceed is warned of", () => {
  configure({ vpc: { azs: 6 } });
  expect(load().warnings).toEqual([
    expect.stringMatching(/^cdktf\.json: the fleet makes 6 Elastic IP addresses; /),
  ]);
});

test("an allowed domain that is everybody's is warned of, a denied one is not", () => {
  writeRuleSet(directory, "default", { allowed: ".example.com\n.github.io", denied: ".com" });
  expect(load().warnings).toEqual([
    expect.stringMatching(
      /^rules\/default\/allowed-domains\.txt:2: "\.github\.io" is a public suffix/,
    ),
  ]);
});
