import { labels } from "../rules/rule-spelling";

/** The domains that are allowed and denied; without allowed ones, all are that are not denied. */
export interface DomainLists {
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

/** The entries, itself among them if it is one, that include all names a domain stands for. */
export function includingDomains(domain: string): string[] {
  const parts = labels(domain);
  return parts.map((_, index) => `.${parts.slice(index).join(".")}`);
}

/**
 * Whether a list has a name, in lower case: the name itself, or a domain with its subdomains. As Squid
 * matches them. Source: `matchDomainName` in Squid 6.13's src/anyp/Uri.cc.
 */
export function isListed(list: readonly string[], name: string): boolean {
  const entries = new Set([name, ...includingDomains(name)]);
  return list.some((domain) => entries.has(domain));
}

/** Whether the lists refuse a name, where they are enforced. */
export function isRefused(name: string, { allowed, denied }: DomainLists): boolean {
  return isListed(denied, name) || (allowed.length > 0 && !isListed(allowed, name));
}
