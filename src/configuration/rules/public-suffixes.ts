import { parse } from "tldts";
import { DEFAULT_REGIONS } from "../../common/regions";
import { REGION_PLACEHOLDER, type Rule } from "../../fleet/rules/rule-set";

/** What the labels that may be any are here; some suffixes have it in them. */
const REGION = DEFAULT_REGIONS.standard[0]!;

/**
 * Warns of the rules that stand for a public suffix with its subdomains, such as `.com` or
 * `.github.io`: what they allow is in the hands of strangers, and so are places to carry data to.
 * Source: https://publicsuffix.org, its private part included.
 */
export function publicSuffixWarnings(allowed: readonly Rule[]): string[] {
  return allowed
    .filter(({ text }) => text.startsWith(".") && isPublicSuffix(text.slice(1)))
    .map(
      ({ file, line, text }) =>
        `${file}:${line}: "${text}" is a public suffix: it lets pass whatever anybody registers below it. ` +
        "List the names that are meant.",
    );
}

/** Whether anybody can register names below a name. */
export function isPublicSuffix(name: string): boolean {
  const possible = name.replaceAll(REGION_PLACEHOLDER, REGION).replace("*", REGION);
  const { publicSuffix, isIcann, isPrivate } = parse(possible, { allowPrivateDomains: true });
  // An unknown top-level domain, such as an internal one, counts as one as well, but nobody sells it.
  return publicSuffix === possible && (isIcann === true || isPrivate === true);
}
