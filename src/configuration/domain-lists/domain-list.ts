import { readFileSync } from "node:fs";
import path from "node:path";
import { quoted } from "./characters";
import { includingDomains } from "./domain-match";
import { isDomain, misspelling, withoutComment } from "./domain-spelling";

/** The lists that go into an image that is built here, in the checkout. */
export const DOMAIN_LISTS = {
  allowed: "squid/allowed-domains.txt",
  denied: "squid/denied-domains.txt",
};

/** What a list holds: its domains in lower case, or every mistake in it, a line each. */
export type ParsedDomainList = { domains: string[] } | { mistakes: string[] };

/** The same of a file, and the list as it is written. */
export type ReadDomainList = { domains: string[]; content: string } | { mistakes: string[] };

/** A line that lists something, without blanks and comment. */
export interface Entry {
  /** The line's number, from 1. */
  readonly line: number;
  readonly text: string;
}

/** An entry that other lines make superfluous, and how. */
export interface Superfluous extends Entry {
  /** For example `is part of ".example.com" in line 2`. */
  readonly reason: string;
}

/**
 * Reads and parses a domain list; a file that cannot be read is a mistake, too.
 *
 * @param directory the checkout.
 * @param file the list, relative to it.
 */
export function readDomainList(directory: string, file: string): ReadDomainList {
  const list = readListFile(directory, file);
  if ("mistakes" in list) return list;
  const parsed = parseDomainList(file, list.content);
  return "mistakes" in parsed ? parsed : { ...parsed, content: list.content };
}

/** A list as it is written, or that it cannot be read; arguments as of {@link readDomainList}. */
export function readListFile(
  directory: string,
  file: string,
): { content: string } | { mistakes: string[] } {
  try {
    return { content: readFileSync(path.join(directory, file), "utf8") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      mistakes: [`${file}: cannot be read (${code}). Put it there; an empty file lists no domain.`],
    };
  }
}

/**
 * Parses a list of domains, one a line: `example.com` for just that name, `.example.com` for it
 * and every name below it. Blank lines and comments, a `#` and the rest of the line, are skipped.
 *
 * Refused is what Squid refuses or warns about, and what it takes and never matches, such as a URL.
 * Source: `dstdomain` of Squid 6.13, tried.
 *
 * @param file what the messages call the list.
 */
export function parseDomainList(file: string, content: string): ParsedDomainList {
  // UTF-16, as some editors save it. Squid would end each line at the first NUL.
  if (content.includes("\0")) {
    return { mistakes: [`${file}:1: the file has NUL characters. Save it as UTF-8.`] };
  }
  const entries = entriesOf(content);
  const mistakes = [
    ...entries.map((entry) => ({ ...entry, problem: misspelling(entry.text) })),
    ...superfluousEntries(entries).map((entry) => ({
      ...entry,
      problem: `${entry.reason}. Remove it: npm run domains:tidy`,
    })),
  ].filter(({ problem }) => problem !== undefined);
  return mistakes.length === 0
    ? { domains: entries.map(({ text }) => text.toLowerCase()) }
    : {
        mistakes: mistakes
          .sort((one, other) => one.line - other.line)
          .map(({ line, text, problem }) => `${file}:${line}: ${quoted(text)} ${problem}`),
      };
}

/** The lines of a list that list something, right or wrong. */
export function entriesOf(content: string): Entry[] {
  return content
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((text, index): Entry => ({ line: index + 1, text: withoutComment(text) }))
    .filter(({ text }) => text !== "");
}

/** The domains that are listed twice, or that another one, with its subdomains, includes. */
export function superfluousEntries(all: readonly Entry[]): Superfluous[] {
  const entries = all.filter(({ text }) => isDomain(text));
  const lines = new Map<string, number>();
  for (const { line, text } of entries) {
    const domain = text.toLowerCase();
    if (!lines.has(domain)) lines.set(domain, line);
  }
  return entries.flatMap((entry) => {
    const domain = entry.text.toLowerCase();
    const wider = includingDomains(domain).find(
      (candidate) => candidate !== domain && lines.has(candidate),
    );
    if (wider !== undefined) {
      return [{ ...entry, reason: `is part of "${wider}" in line ${lines.get(wider)}` }];
    }
    const first = lines.get(domain)!;
    return first < entry.line ? [{ ...entry, reason: `is in line ${first} already` }] : [];
  });
}
