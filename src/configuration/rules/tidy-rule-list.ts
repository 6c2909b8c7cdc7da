import { entriesOf, isUtf8, superfluousEntries, type Superfluous } from "./rule-list";

/** A list without what it covers already, and what that was. */
export interface TidyRuleList {
  readonly content: string;
  readonly removed: readonly Superfluous[];
}

/**
 * Removes the rules that a list has twice or that another one in it includes. Everything else stays as
 * it is; a comment behind such a rule becomes a line. A file that is not UTF-8 is not touched, as its
 * comments would not survive.
 */
export function tidyRuleList(content: string): TidyRuleList {
  const removed = isUtf8(content) ? superfluousEntries(entriesOf(content)) : [];
  const texts = new Map(removed.map(({ line, text }) => [line, text]));
  const lines = content.split("\n").flatMap((line, index) => {
    const text = texts.get(index + 1);
    if (text === undefined) return [line];
    const rest = line.replace(text, "").replace(/^[ \t]+/, "");
    return rest.trim() === "" ? [] : [rest];
  });
  return { content: lines.join("\n"), removed };
}
