import fc from "fast-check";
import { parseDomainList } from "../../../src/configuration/domain-lists/domain-list";
import { isListed, isRefused } from "../../../src/configuration/domain-lists/domain-match";
import { LISTS, PASSING, REFUSED } from "../../helpers/domain-list-verdicts";

function domainsOf(content: string): string[] {
  const parsed = parseDomainList("list", content);
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return parsed.domains;
}

// The same as of a proxy with these lists, in __tests__/squid/filters.test.ts.
describe("of lists as somebody writes them", () => {
  const lists = { allowed: domainsOf(LISTS.allowed), denied: domainsOf(LISTS.denied) };

  test.each(PASSING)("%s passes", (name) => {
    expect(isRefused(name, lists)).toBe(false);
  });

  test.each(REFUSED)("%s is refused, because of %s", (name) => {
    expect(isRefused(name, lists)).toBe(true);
  });

  test("empty ones refuse nothing, and denied domains alone just what they have", () => {
    expect(isRefused("other.test", { allowed: [], denied: [] })).toBe(false);
    expect(isRefused("other.test", { ...lists, allowed: [] })).toBe(false);
    expect(isRefused("both.test", { ...lists, allowed: [] })).toBe(true);
  });
});

/** Squid's way of comparing: from the end, and all of an entry that is no longer than the name. */
function matchesAsInSquid(entry: string, name: string): boolean {
  const dotted = entry.startsWith(".") ? `.${name}` : name;
  return entry.startsWith(".") ? dotted.endsWith(entry) : dotted === entry;
}

test("a list has the names that one of its entries matches", () => {
  const part = fc.constantFrom("a", "b", "ab");
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
  const entry = fc.tuple(fc.constantFrom("", "."), name).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3 }), name, (list, asked) => {
      expect(isListed(list, asked)).toBe(list.some((one) => matchesAsInSquid(one, asked)));
    }),
    { numRuns: 2000 },
  );
});
