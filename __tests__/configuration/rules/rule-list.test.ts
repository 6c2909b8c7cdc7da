import fc from "fast-check";
import { parseRuleList } from "../../../src/configuration/rules/rule-list";
import { BAD, GOOD } from "../../helpers/rule-list-lines";

function rulesOf(content: string): string[] {
  const { rules, mistakes } = parseRuleList("list.txt", content);
  if (mistakes.length > 0) throw new Error(mistakes.join("\n"));
  return rules.map(({ text }) => text);
}

function mistakesOf(content: string, privateCidrs: readonly string[] = []): readonly string[] {
  return parseRuleList("list.txt", content, privateCidrs).mistakes;
}

const lineOf = (mistake: string) => Number(/^list\.txt:(\d+): /.exec(mistake)?.[1]);

describe("a list may have", () => {
  test.each(GOOD)("$reason", ({ content, rules }) => {
    expect(rulesOf(content)).toEqual(rules);
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

test("a line that is wrong is not superfluous as well", () => {
  expect(mistakesOf("10.0.0.0/8\n10.1.2.3\n").map(lineOf)).toEqual([1, 2]);
});

test("what is wrong with a line does not hide what is wrong with others", () => {
  expect(mistakesOf("b.a.com\nx:1\n.a.com\nhttp://y\nB.a.com").map(lineOf)).toEqual([1, 2, 4, 5]);
});

test.each([
  ["https://[::1]/", undefined],
  ["https://[2606:4700::1]:8443/", "2606:4700::1"],
  ["8.8.8.8/", "8.8.8.8"],
  ["10.0.0.1:80", undefined],
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

/** What the proxies read, and nothing that could be read in another way. */
const LABEL =
  "(?:[a-z0-9_]|\\{region\\})(?:(?:[a-z0-9_-]|\\{region\\})*(?:[a-z0-9_]|\\{region\\}))?";
const SAFE = new RegExp(
  `^(?:@[a-z][a-z0-9-]*|[0-9.]+/[0-9]+|[0-9a-f:]+/[0-9]+|\\.?${LABEL}(?:\\.(?:${LABEL}|\\*))*)$`,
);

const characters = fc.constantFrom(
  ..."aB018-_.*:/#@[]{}%\\\"'\t \r\n\f\u00a0\uFEFFüÿ",
  "://",
  "{region}",
  "2606::",
  "\0",
);
const noise = fc.oneof(fc.string({ unit: characters }), fc.string({ unit: "binary" }));

test("whatever is in a file, what passes is a rule, and a mistake is in one of its lines", () => {
  fc.assert(
    fc.property(noise, (content) => {
      const { rules, mistakes } = parseRuleList("list.txt", content);
      for (const { text } of rules) expect(text).toMatch(SAFE);
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
      for (const proposal of proposals) expect(rulesOf(proposal)).toHaveLength(1);
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
      expect(rulesOf(upperCase ? content.toUpperCase() : content)).toEqual(domains);
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

// A second or two; one that compared each line with all others would be at it for minutes.
test("a list of 100,000 domains is read", () => {
  const content = Array.from({ length: 100_000 }, (_, index) => `a${index}.example.com`).join("\n");
  expect(rulesOf(content)).toHaveLength(100_000);
}, 60_000);

test("an address in a private network that is open may be listed", () => {
  expect(mistakesOf("10.9.0.7\n10.9.1.0/24\n10.10.0.1\n", ["10.9.0.0/16"]).map(lineOf)).toEqual([
    3,
  ]);
});

test("a file in UTF-16 or Latin-1 is a mistake", () => {
  const latin1 = (text: string) => Buffer.from(text, "latin1").toString("utf8");
  expect(mistakesOf(Buffer.from("\uFEFFa.com\n", "utf16le").toString("utf8"))).toEqual([
    "list.txt:1: the file is not UTF-8. Save it as UTF-8.",
  ]);
  for (const text of ["a.com\n# f\u00fcr\n", "a.com\nf\u00fcr.com\n"]) {
    expect(mistakesOf(latin1(text))).toEqual([
      "list.txt:2: the file is not UTF-8. Save it as UTF-8.",
    ]);
  }
});
