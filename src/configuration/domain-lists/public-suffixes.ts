import { parse } from "tldts";
import { entriesOf } from "./domain-list";

/**
 * Warns of the entries of a list that stand for a public suffix with its subdomains, such as `.com`
 * or `.github.io`: what they allow is in the hands of strangers, and so are places to carry data to.
 * Source: https://publicsuffix.org, its private part included.
 *
 * @param file what the warnings call the list.
 * @param content a list without mistakes.
 */
export function publicSuffixWarnings(file: string, content: string): string[] {
  return entriesOf(content)
    .filter(({ text }) => text.startsWith(".") && isPublicSuffix(text.slice(1)))
    .map(
      ({ line, text }) =>
        `${file}:${line}: "${text}" is a public suffix: it lets pass whatever anybody registers below it. ` +
        "List the names that are meant.",
    );
}

function isPublicSuffix(name: string): boolean {
  const { publicSuffix, isIcann, isPrivate } = parse(name, { allowPrivateDomains: true });
  // An unknown top-level domain, such as an internal one, counts as one as well, but nobody sells it.
  return publicSuffix === name.toLowerCase() && (isIcann === true || isPrivate === true);
}
