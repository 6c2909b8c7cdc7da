import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import {
  DOMAIN_LISTS,
  parseDomainList,
  readDomainList,
} from "../../../src/configuration/domain-lists/domain-list";
import { CHECKOUT } from "../../helpers/checkout";
import { BAD, GOOD } from "../../helpers/domain-list-lines";

function domainsOf(content: string): string[] {
  const parsed = parseDomainList("list.txt", content);
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return parsed.domains;
}

function mistakesOf(content: string): string[] {
  const parsed = parseDomainList("list.txt", content);
  return "mistakes" in parsed ? parsed.mistakes : [];
}

const lineOf = (mistake: string) => Number(/^list\.txt:(\d+): /.exec(mistake)?.[1]);

describe("a list may have", () => {
  test.each(GOOD)("$reason", ({ content, domains }) => {
    expect(domainsOf(content)).toEqual(domains);
  });
});

describe("a list may not have", () => {
  test.each(BAD)("$reason", ({ content, lines, says }) => {
    const mistakes = mistakesOf(content);
    expect(mistakes.map(lineOf)).toEqual(lines);
    expect(mistakes[0]).toContain(says);
  });
});

test("a message has the file, the line, what is there and what to do", () => {
  expect(mistakesOf("a.com\n*.b.com\n")).toEqual([
    'list.txt:2: "*.b.com" has a wildcard. A leading dot stands for a domain with its subdomains: ' +
      '".example.com". Write ".b.com".',
  ]);
});

test("what is wrong with a line does not hide what is wrong with others", () => {
  expect(mistakesOf("b.a.com\nx:1\n.a.com\nhttp://y\nB.a.com").map(lineOf)).toEqual([1, 2, 4, 5]);
});

test.each([
  ["https://[::1]/", undefined],
  ["http://a.com:80/b", "a.com"],
  ["ftp://*.a.com", ".a.com"],
  ["mailto:x@a.com", "a.com"],
  ["https://localhost/", ".localhost"],
  ["*.*.a.com", undefined],
  ["a.com/ b.com", undefined],
  ["a.com. b.com.", undefined],
  ["-.-", undefined],
  ["a\\b.com", undefined],
])("the proposal for %j is %j", (text, proposal) => {
  const [mistake] = mistakesOf(text);
  expect(/Write "([^"]+)"\.$/.exec(mistake!)?.[1]).toBe(proposal);
});

/** What Squid compares with the name of a request, and nothing that it reads in another way. */
const SAFE = /^\.?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

const characters = fc.constantFrom(..."aB0-_.*:/#@[]%\\\"'\t \r\n\f\u00a0\uFEFFüÿ", "://", "\0");
const noise = fc.oneof(fc.string({ unit: characters }), fc.string({ unit: "binary" }));

test("whatever is in a file, what passes is a domain, and a mistake is in one of its lines", () => {
  fc.assert(
    fc.property(noise, (content) => {
      const parsed = parseDomainList("list.txt", content);
      const { domains, mistakes } = { domains: [], mistakes: [], ...parsed };
      for (const domain of domains) expect(domain).toMatch(SAFE);
      for (const mistake of mistakes) {
        expect(lineOf(mistake)).toBeGreaterThan(0);
        expect(lineOf(mistake)).toBeLessThanOrEqual(content.split("\n").length);
      }
    }),
    { numRuns: 2000 },
  );
});

test("what a message proposes to write is right", () => {
  fc.assert(
    fc.property(noise, (content) => {
      const proposals = mistakesOf(content).flatMap(
        (mistake) => /Write "([^"]+)"\.$/.exec(mistake)?.[1] ?? [],
      );
      for (const proposal of proposals) expect(domainsOf(proposal)).toEqual([proposal]);
    }),
    { numRuns: 2000 },
  );
});

const domain = fc
  .tuple(fc.constantFrom("", "."), fc.domain())
  .map(([dot, name]) => `${dot}${name.toLowerCase()}`);

/** Whether a name that `narrow` stands for is one that `wide` stands for, too, both unlike. */
const includes = (wide: string, narrow: string) =>
  wide.startsWith(".") && wide !== narrow && `.${narrow}`.replace("..", ".").endsWith(wide);

test("domains that do not overlap pass, however they are written", () => {
  const lists = fc
    .uniqueArray(domain)
    .filter((all) => !all.some((wide) => all.some((narrow) => includes(wide, narrow))));
  const blank = fc.constantFrom("", " ", "\t");
  const lineEnd = fc.constantFrom("\n", "\r\n", "\n\n", " # comment\n", "\n# comment\r\n");
  fc.assert(
    fc.property(lists, blank, lineEnd, fc.boolean(), (domains, indent, end, upperCase) => {
      const content = domains.map((name) => `${indent}${name}${end}`).join("");
      expect(domainsOf(upperCase ? content.toUpperCase() : content)).toEqual(domains);
    }),
  );
});

test("of domains that overlap, the mistakes are exactly the ones another includes", () => {
  const part = fc.constantFrom("a", "b");
  const short = fc
    .tuple(fc.constantFrom("", "."), fc.array(part, { minLength: 2, maxLength: 4 }))
    .map(([dot, parts]) => `${dot}${parts.join(".")}`);
  fc.assert(
    fc.property(fc.array(short, { maxLength: 8 }), (domains) => {
      const superfluous = domains.flatMap((narrow, index) =>
        domains.some((wide) => includes(wide, narrow)) || domains.indexOf(narrow) < index
          ? [index + 1]
          : [],
      );
      expect(mistakesOf(domains.join("\n")).map(lineOf)).toEqual(superfluous);
    }),
  );
});

test("a list of 100,000 domains takes no noticeable time", () => {
  const content = Array.from({ length: 100_000 }, (_, index) => `a${index}.example.com`).join("\n");
  const before = performance.now();
  expect(domainsOf(content)).toHaveLength(100_000);
  expect(performance.now() - before).toBeLessThan(10_000);
});

describe("a file", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "domain-list-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test("is read below the checkout and named as it is there", () => {
    mkdirSync(path.join(directory, "squid"));
    writeFileSync(path.join(directory, "squid", "list.txt"), "*\n");
    expect(readDomainList(directory, "squid/list.txt")).toEqual({
      mistakes: [expect.stringMatching(/^squid\/list\.txt:1: "\*" has a wildcard/)],
    });
  });

  test("that is missing, or none, is a mistake", () => {
    expect(readDomainList(directory, "list.txt")).toEqual({
      mistakes: ["list.txt: cannot be read (ENOENT). Put it there; an empty file lists no domain."],
    });
    expect(readDomainList(directory, ".")).toEqual({
      mistakes: [expect.stringContaining("(EISDIR)")],
    });
  });

  test("in UTF-16 is a mistake, in Latin-1 only where a domain is", () => {
    writeFileSync(path.join(directory, "list.txt"), "\uFEFFa.com\n", "utf16le");
    expect(readDomainList(directory, "list.txt")).toEqual({
      mistakes: ["list.txt:1: the file has NUL characters. Save it as UTF-8."],
    });
    writeFileSync(path.join(directory, "list.txt"), "# für\na.com\n", "latin1");
    expect(readDomainList(directory, "list.txt")).toMatchObject({ domains: ["a.com"] });
    writeFileSync(path.join(directory, "list.txt"), "für.com\n", "latin1");
    expect(readDomainList(directory, "list.txt")).toEqual({
      mistakes: [expect.stringContaining("is not ASCII")],
    });
  });
});

test.each(Object.values(DOMAIN_LISTS))("%s, whatever it lists, has no mistake", (file) => {
  expect(readDomainList(CHECKOUT, file)).toMatchObject({ domains: expect.any(Array) });
});
