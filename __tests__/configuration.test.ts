import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadConfiguration } from "../src/configuration";

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
  expect(mistakes()).toEqual([]);
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
  expect(mistakes()).toEqual([]);
  configure({ image: { uri: "registry.example/squid:1" }, nme: 1 });
  expect(mistakes()).toHaveLength(1);
  configure({ image: {} });
  expect(mistakes()).toHaveLength(1);
});
