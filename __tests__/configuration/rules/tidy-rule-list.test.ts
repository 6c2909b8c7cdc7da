import fc from "fast-check";
import { parseRuleList } from "../../../src/configuration/rules/rule-list";
import { tidyRuleList } from "../../../src/configuration/rules/tidy-rule-list";
import { matcherOf } from "../../../src/configuration/rules/verdict";
import { ruleSet } from "../../helpers/rules";

test("removes what is listed twice or included, and says why", () => {
  expect(tidyRuleList("www.a.com\nB.com\n.a.com\nb.com\n")).toEqual({
    content: "B.com\n.a.com\n",
    removed: [
      { line: 1, text: "www.a.com", reason: 'is part of ".a.com" in line 3' },
      { line: 4, text: "b.com", reason: "is in line 2 already" },
    ],
  });
});

test.each([
  ["comments and blank lines", "# a\n\n.a.com  # the mirrors\nb.com", undefined],
  [
    "a comment behind what is removed",
    ".a.com\n  www.a.com  # asked for by Ann\n",
    ".a.com\n# asked for by Ann\n",
  ],
  ["the line ends", "# a\r\n.a.com\r\nwww.a.com # b\r\na.com\r\n", "# a\r\n.a.com\r\n# b\r\n"],
  ["a byte order mark", "\uFEFF# a\na.com\na.com\n", "\uFEFF# a\na.com\n"],
  ["other mistakes", "*.a.com\nhttp://a.com\na.com b.com\n", undefined],
  ["a domain whose name is in its own comment", ".a.com\nb.a.com # b.a.com", ".a.com\n# b.a.com"],
  ["no line end at the end", "a.com\na.com", "a.com"],
  ["nothing", "", undefined],
  ["a file that is not UTF-8", "a.com\na.com # f\uFFFDr\n", undefined],
])("keeps %s", (_, content, expected = content) => {
  expect(tidyRuleList(content).content).toBe(expected);
});

const part: fc.Arbitrary<string> = fc.constantFrom("a", "b");
const name = fc
  .tuple(fc.constantFrom("", "."), fc.array(part, { minLength: 2, maxLength: 4 }), fc.boolean())
  .map(
    ([dot, parts, star]) => `${dot}${(star && parts[2] ? parts.with(1, "*") : parts).join(".")}`,
  );
const network = fc.constantFrom("8.8.8.8", "8.8.8.0/24", "8.0.0.0/8", "2606::1", "2606::/16");
const line = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: name }, network),
    fc.constantFrom("", " # why", "\r", "\t#\r"),
  )
  .map((parts) => parts.join(""));
const lists = fc.array(line, { maxLength: 8 }).map((lines) => lines.join("\n"));
const host = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(".")),
  fc.constantFrom("8.8.8.8", "8.8.8.9", "8.9", "2606::1", "2606:1::"),
);

test("what is left is right, lets the same hosts pass, and is left alone the next time", () => {
  const passes = (content: string, asked: string) => {
    const { rules } = parseRuleList("list", content);
    const set = ruleSet({ denied: rules.map(({ text }) => text) });
    return matcherOf(set, "us-east-1")(asked).deniedBy === undefined;
  };
  fc.assert(
    fc.property(lists, host, (content, asked) => {
      const { content: tidy } = tidyRuleList(content);
      expect(parseRuleList("list", tidy).mistakes).toEqual([]);
      expect(passes(tidy, asked)).toBe(passes(content, asked));
      expect(tidyRuleList(tidy)).toEqual({ content: tidy, removed: [] });
    }),
    { numRuns: 2000 },
  );
});
