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
  return allowed.flatMap(({ file, line, text }) => {
    const breadth = breadthOf(text);
    return breadth === undefined
      ? []
      : [`${file}:${line}: "${text}" ${breadth}. List the names that are meant.`];
  });
}

/** What a rule lets pass that nobody knows; nothing where that is somebody's own. */
function breadthOf(rule: string): string | undefined {
  if (rule === ".amazonaws.com") {
    return "lets pass every S3 bucket of every account, and no client needs it for Session Manager";
  }
  return rule.startsWith(".") && isPublicSuffix(rule.slice(1))
    ? "is a public suffix: it lets pass whatever anybody registers below it"
    : undefined;
}

/** Whether anybody can register names below a name. */
export function isPublicSuffix(name: string): boolean {
  const possible = name.replaceAll(REGION_PLACEHOLDER, REGION).replace("*", REGION);
  const { publicSuffix, isIcann, isPrivate } = parse(possible, { allowPrivateDomains: true });
  // An unknown top-level domain, such as an internal one, counts as one as well, but nobody sells it.
  return publicSuffix === possible && (isIcann === true || isPrivate === true);
}

/**
 * Whether anybody can register names below a name, and have name servers of their own for them. Below most names of
 * companies, such as those of AWS's databases, others have names, too, but not the name servers; the list of the few
 * that sell them is not kept here.
 */
export function isRegistry(name: string): boolean {
  const { publicSuffix, isIcann } = parse(name);
  return publicSuffix === name && isIcann === true;
}
