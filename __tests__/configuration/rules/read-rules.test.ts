import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readRules } from "../../../src/configuration/rules/read-rules";
import { CHECKOUT, copyRules, writeRuleSet } from "../../helpers/checkout";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "rules-"));
  copyRules(directory);
});

afterEach(() => rmSync(directory, { recursive: true }));

const write = (file: string, content = "") => {
  mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
  writeFileSync(path.join(directory, file), content);
};
const remove = (file: string) => rmSync(path.join(directory, file), { recursive: true });
const read = (settings: unknown = {}) => readRules(directory, settings);
const mistakes = (settings: unknown = {}) => {
  const { settingMistakes, mistakes } = read(settings);
  return [...settingMistakes, ...mistakes];
};

const OFFICE = { clients: [{ rules: "office" }] };

test("the rules of this checkout have no mistake", () => {
  const { mistakes, warnings } = readRules(CHECKOUT, undefined);
  expect([mistakes, warnings]).toEqual([[], []]);
});

const BUNDLES = readdirSync(path.join(CHECKOUT, "rules/bundles"));

test.each(BUNDLES)(
  "the bundle %s says where its names are from, and opens nobody's domain",
  (file) => {
    const content = readFileSync(path.join(CHECKOUT, "rules/bundles", file), "utf8");
    expect(content).toMatch(/^# Source: https:\/\//m);
    writeRuleSet(directory, "default", { allowed: `@${path.parse(file).name}\n` });
    expect(mistakes()).toEqual([]);
    expect(read().warnings).toEqual([]);
    expect(read().rules.sets[0]!.allowed).not.toEqual([]);
  },
);

test("a set has the lines of its bundles, from where they are", () => {
  write("rules/bundles/mirrors.txt", "# Mirrors\n.example.com\n");
  writeRuleSet(directory, "office", { allowed: "a.com\n@mirrors\nwww.example.com\n" });
  expect(mistakes(OFFICE)).toEqual([]);
  expect(read(OFFICE).rules.sets.find(({ name }) => name === "office")!.allowed).toEqual([
    { text: "a.com", file: "rules/office/allowed-domains.txt", line: 1 },
    { text: ".example.com", file: "rules/bundles/mirrors.txt", line: 2 },
    { text: "www.example.com", file: "rules/office/allowed-domains.txt", line: 3 },
  ]);
});

test("a set enforces or reports as it is told, or else as all do", () => {
  writeRuleSet(directory, "office");
  const filters = (settings: object) =>
    read({ ...OFFICE, ...settings }).rules.sets.map(({ domainFilter }) => domainFilter);
  expect(filters({})).toEqual(["enforce", "enforce"]);
  expect(filters({ proxy: { domainFilter: "report" } })).toEqual(["report", "report"]);
  expect(filters({ ruleSets: { office: { domainFilter: "report" } } })).toEqual([
    "enforce",
    "report",
  ]);
});

describe("a mistake is", () => {
  test("a set that is named and not there, and one that is there and not named", () => {
    writeRuleSet(directory, "office");
    const settings = {
      clients: [{ rules: "offices" }],
      consumers: [{ name: "a", endpointId: "vpce-01234567", rules: "somewhere-else" }],
      ruleSets: { lab: { domainFilter: "report" }, default: { domainFilter: "report" } },
    };
    expect(mistakes(settings)).toEqual([
      'proxy-fleet.clients[0].rules: "offices" is no rule set, as there is no folder rules/offices. Did you mean "office"?',
      'proxy-fleet.consumers[0].rules: "somewhere-else" is no rule set, as there is no folder rules/somewhere-else. Known are default, office.',
      'proxy-fleet.ruleSets.lab: "lab" is no rule set, as there is no folder rules/lab. Known are default, office.',
      "rules/office: is used by nobody. Name it in clients[].rules or consumers[].rules, or remove it.",
    ]);
    expect(mistakes(OFFICE)).toEqual([]);
  });

  test("not a set whose use is not known, as the clients are wrong", () => {
    writeRuleSet(directory, "office");
    expect(mistakes({ clients: [{ rules: 1 }] })).toEqual([]);
  });

  test("a set without one of its lists, and what is in the way", () => {
    remove("rules/default/denied-domains.txt");
    write("rules/default/denied-domain.txt");
    write("rules/default/notes.md");
    write("rules/default/.gitkeep");
    write("rules/allowed-domains.txt");
    writeRuleSet(directory, "Office");
    writeRuleSet(directory, "lab-");
    expect(mistakes()).toEqual([
      "rules/Office: is no name of a rule set. Allowed: lower-case letters, digits and hyphens, a letter first, no hyphen last, 31 characters at most.",
      expect.stringMatching(/^rules\/allowed-domains\.txt: is in no rule set\. /),
      expect.stringMatching(/^rules\/lab-: is no name of a rule set\. /),
      "rules/default/denied-domain.txt: is read by nobody. A rule set has allowed-domains.txt and denied-domains.txt. Is it denied-domains.txt?",
      "rules/default/notes.md: is read by nobody. A rule set has allowed-domains.txt and denied-domains.txt. Remove it, or move it out of rules.",
      "rules/default/denied-domains.txt: cannot be read (ENOENT). Put it there; an empty file lists nothing.",
    ]);
  });

  test("what an editor has left beside a list", () => {
    write("rules/default/denied-domains.txt~");
    expect(mistakes()).toEqual([
      "rules/default/denied-domains.txt~: is read by nobody. A rule set has allowed-domains.txt and denied-domains.txt. Remove it, or move it out of rules.",
    ]);
  });

  test("a link that leads nowhere", () => {
    symlinkSync("loop", path.join(directory, "rules/loop"));
    expect(mistakes()).toEqual([
      "rules/loop: cannot be read (ELOOP). Remove it, or make it readable.",
    ]);
  });

  test("a bundle that would leave a list empty", () => {
    write("rules/bundles/later.txt", "# to be filled\n");
    expect(mistakes()).toEqual([
      expect.stringMatching(/^rules\/bundles\/later\.txt: lists nothing\. .*everything allowed\. /),
    ]);
  });

  test.each(["", "# ssm.{region}.amazonaws.com\n"])(
    "that the fleet's own clients reach nothing: %j",
    (content) => {
      write("rules/bundles/session-manager.txt", content);
      expect(mistakes()).toEqual([
        "rules/bundles/session-manager.txt: lists nothing. The fleet's own clients reach what it lists, " +
          "whatever their set says. Bring it back: git checkout HEAD -- rules/bundles/session-manager.txt",
      ]);
    },
  );

  test("a file in another encoding, even if only a comment shows it", () => {
    const latin1 = Buffer.from("a.com\n.b.com # f\u00fcr alle\n", "latin1");
    writeFileSync(path.join(directory, "rules/default/denied-domains.txt"), latin1);
    expect(mistakes()).toEqual([
      "rules/default/denied-domains.txt:2: the file is not UTF-8. Save it as UTF-8.",
    ]);
  });

  test("that there are no rules, or no default", () => {
    remove("rules/default");
    expect(mistakes()).toEqual([
      "rules/default: is missing. It is the rule set of whoever has none of its own.",
    ]);
    remove("rules");
    expect(mistakes()).toEqual([
      "rules: cannot be read (ENOENT). It has a folder for each rule set, and one called bundles.",
      expect.stringMatching(/^rules\/bundles\/session-manager\.txt: is missing\. /),
    ]);
  });

  test("a list where the image used to have it", () => {
    write("squid/allowed-domains.txt", ".example.com\n");
    expect(mistakes()).toEqual([
      "squid/allowed-domains.txt: is read by nobody. Move it: " +
        "git mv -f squid/allowed-domains.txt rules/default/allowed-domains.txt",
    ]);
  });

  test("a bundle in a bundle, an unknown one, and what is none", () => {
    write("rules/bundles/all.txt", "@debian\n*.a.com\n");
    write("rules/bundles/Other.txt");
    write("rules/bundles/notes.md");
    writeRuleSet(directory, "default", { denied: "@debain\n@x\n@all\n" });
    expect(mistakes()).toEqual([
      expect.stringMatching(
        /^rules\/bundles\/Other\.txt: is no bundle\. They are called <name>\.txt/,
      ),
      expect.stringMatching(/^rules\/bundles\/notes\.md: is no bundle\. /),
      expect.stringMatching(/^rules\/bundles\/all\.txt:2: "\*\.a\.com" has a wildcard\. /),
      'rules/bundles/all.txt:1: "@debian" is a bundle in a bundle. Write its lines here, or both bundles into the list.',
      'rules/default/denied-domains.txt:1: "@debain" is no bundle: there is no rules/bundles/debain.txt. Did you mean "@debian"?',
      expect.stringMatching(
        /^rules\/default\/denied-domains\.txt:2: "@x" is no bundle: .* Known are @all, /,
      ),
    ]);
  });

  test("an address that is not of the Internet, unless it is opened", () => {
    writeRuleSet(directory, "default", { allowed: "10.9.0.7\n" });
    expect(mistakes()).toHaveLength(1);
    expect(mistakes({ proxy: { privateCidrs: ["10.9.0.0/24"] } })).toEqual([]);
  });

  test("more than proxies hold", () => {
    const many = Array.from({ length: 450_000 }, (_, n) => `a${n}.com`).join("\n");
    writeRuleSet(directory, "default", { denied: many });
    const tooMany = expect.stringMatching(
      /^rules: .* 450,000 rules.* service\.memoryMiB 512 /,
    ) as string;
    expect(mistakes()).toEqual([tooMany]);
    expect(mistakes({ service: { memoryMiB: 1024 } })).toEqual([]);
  });
});
