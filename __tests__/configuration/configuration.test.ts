import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadConfiguration } from "../../src/configuration/configuration";
import { isRefused } from "../../src/configuration/domain-lists/domain-match";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "configuration-"));
  mkdirSync(path.join(directory, "squid"));
  configure({});
  list("allowed", "");
  list("denied", "");
});

afterEach(() => rmSync(directory, { recursive: true }));

function configure(settings: unknown): void {
  const content = JSON.stringify({ context: { "proxy-fleet": settings } });
  writeFileSync(path.join(directory, "cdktf.json"), content);
}

function list(which: "allowed" | "denied", content: string): void {
  writeFileSync(path.join(directory, "squid", `${which}-domains.txt`), content);
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

test("mistakes in the domain lists stand beside all others", () => {
  configure({ nme: "web" });
  list("allowed", "a.com\nhttp://b.com\n*.c.com");
  list("denied", "10.0.0.1");
  expect(mistakes({ STATE_REGION: "mars" })).toEqual([
    '  cdktf.json, context: proxy-fleet: "nme" is not a setting. Did you mean "name"?',
    expect.stringMatching(/^ {2}environment variable STATE_REGION: /),
    expect.stringMatching(/^ {2}squid\/allowed-domains\.txt:2: "http:\/\/b\.com" is a URL/),
    expect.stringMatching(/^ {2}squid\/allowed-domains\.txt:3: "\*\.c\.com" has a wildcard/),
    expect.stringMatching(/^ {2}squid\/denied-domains\.txt:1: "10\.0\.0\.1" is an address/),
  ]);
});

test("a domain may be in both lists: what is denied wins", () => {
  list("allowed", ".example.com");
  list("denied", "www.example.com\n");
  const { domainLists } = load();
  expect(domainLists).toEqual({ allowed: [".example.com"], denied: ["www.example.com"] });
  expect(isRefused("www.example.com", domainLists!)).toBe(true);
});

test("a list that is missing is a mistake", () => {
  rmSync(path.join(directory, "squid"), { recursive: true });
  mkdirSync(path.join(directory, "squid"));
  list("denied", "");
  expect(mistakes()).toEqual([
    "  squid/allowed-domains.txt: cannot be read (ENOENT). Put it there; an empty file lists no domain.",
  ]);
});

test("lists that a task of the settings' size cannot read in time are a mistake, both together", () => {
  const many = (name: string) =>
    Array.from({ length: 80_000 }, (_, n) => `${name}${n}.com`).join("\n");
  list("allowed", many("a"));
  list("denied", many("b"));
  expect(mistakes()).toEqual([]);
  configure({ proxy: { sniCheck: "on" } });
  expect(mistakes()).toEqual([
    expect.stringMatching(
      /^ {2}the domain lists have 160,000 domains together\. .*reads them .*, twice with /,
    ),
  ]);
});

test("an allowed domain that is everybody's is warned of, a denied one is not", () => {
  list("allowed", ".example.com\n.github.io");
  list("denied", ".com");
  expect(load().warnings).toEqual([
    expect.stringMatching(/^squid\/allowed-domains\.txt:2: "\.github\.io" is a public suffix/),
  ]);
});

test("the lists do not matter to an image that was built elsewhere", () => {
  list("allowed", "*");
  configure({ image: { uri: "registry.example/squid:1" } });
  expect(load().domainLists).toBeUndefined();
  configure({ image: { uri: "registry.example/squid:1" }, nme: 1 });
  expect(mistakes()).toHaveLength(1);
  configure({ image: {} });
  expect(mistakes()).toHaveLength(1);
});
