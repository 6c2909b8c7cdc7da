import fc from "fast-check";
import { parseDomainList } from "../../../src/configuration/domain-lists/domain-list";
import { isListed } from "../../../src/configuration/domain-lists/domain-match";
import { tidyDomainList } from "../../../src/configuration/domain-lists/tidy-domain-list";

test("removes what is listed twice or included, and says why", () => {
  expect(tidyDomainList("www.a.com\nB.com\n.a.com\nb.com\n")).toEqual({
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
])("keeps %s", (_, content, expected = content) => {
  expect(tidyDomainList(content).content).toBe(expected);
});

const part = fc.constantFrom("a", "b");
const domain = fc
  .tuple(fc.constantFrom("", "."), fc.array(part, { minLength: 2, maxLength: 4 }))
  .map(([dot, parts]) => `${dot}${parts.join(".")}`);
const line = fc
  .tuple(domain, fc.constantFrom("", " # why", "\r", "\t#\r"))
  .map((parts) => parts.join(""));
const lists = fc.array(line, { maxLength: 8 }).map((lines) => lines.join("\n"));

test("what is left is right, lets the same domains pass, and is left alone the next time", () => {
  fc.assert(
    fc.property(lists, fc.array(part, { minLength: 1, maxLength: 5 }), (content, parts) => {
      const before = content.split("\n").map((text) => text.replace(/[\s#].*/s, ""));
      const { content: tidy } = tidyDomainList(content);
      const after = parseDomainList("list", tidy);
      if ("mistakes" in after) throw new Error(after.mistakes.join("\n"));
      const name = parts.join(".");
      expect(isListed(after.domains, name)).toBe(isListed(before, name));
      expect(tidyDomainList(tidy)).toEqual({ content: tidy, removed: [] });
    }),
    { numRuns: 1000 },
  );
});
