import { entriesOf, superfluousEntries, type Superfluous } from "./domain-list";

/** A list without what it covers already, and what that was. */
export interface TidyDomainList {
  readonly content: string;
  readonly removed: readonly Superfluous[];
}

/**
 * Removes the domains that a list has twice or that another one in it, with its subdomains,
 * includes. Everything else stays as it is; a comment behind such a domain becomes a line.
 */
export function tidyDomainList(content: string): TidyDomainList {
  const removed = superfluousEntries(entriesOf(content));
  const texts = new Map(removed.map(({ line, text }) => [line, text]));
  const lines = content.split("\n").flatMap((line, index) => {
    const text = texts.get(index + 1);
    if (text === undefined) return [line];
    const rest = line.replace(text, "").replace(/^[ \t]+/, "");
    return rest.trim() === "" ? [] : [rest];
  });
  return { content: lines.join("\n"), removed };
}
