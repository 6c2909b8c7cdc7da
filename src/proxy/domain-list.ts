import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import path from "node:path";
import { domainToASCII } from "node:url";

/** The lists that go into an image that is built here, in the checkout. */
export const DOMAIN_LISTS = {
  allowed: "squid/allowed-domains.txt",
  denied: "squid/denied-domains.txt",
};

/** What a list holds: its domains in lower case, or every mistake in it, a line each. */
export type ParsedDomainList = { domains: string[] } | { mistakes: string[] };

interface Entry {
  readonly line: number;
  readonly text: string;
}

interface Mistake extends Entry {
  readonly problem: string;
}

/**
 * Reads and parses a domain list; a file that cannot be read is a mistake, too.
 *
 * @param directory the checkout.
 * @param file the list, relative to it.
 */
export function readDomainList(directory: string, file: string): ParsedDomainList {
  let content: string;
  try {
    content = readFileSync(path.join(directory, file), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      mistakes: [`${file}: cannot be read (${code}). Put it there; an empty file lists no domain.`],
    };
  }
  return parseDomainList(file, content);
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
  const entries = content
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((text, index): Entry => ({ line: index + 1, text: withoutComment(text) }))
    .filter(({ text }) => text !== "");
  const mistakes = [...entries.flatMap(misspelling), ...overlaps(entries.filter(isDomain))];
  return mistakes.length === 0
    ? { domains: entries.map(({ text }) => text.toLowerCase()) }
    : {
        mistakes: mistakes
          .sort((one, other) => one.line - other.line)
          .map(({ line, text, problem }) => `${file}:${line}: ${JSON.stringify(text)} ${problem}`),
      };
}

/** Blanks are what Squid takes for blanks; any other white space is part of a word for it. */
function withoutComment(text: string): string {
  return text.replace(/(^|[ \t\r])#.*$/s, "").replace(/^[ \t\r]+|[ \t\r]+$/g, "");
}

const SUBDOMAINS = 'A leading dot stands for a domain with its subdomains: ".example.com".';
const ADDRESSES =
  "Only domains can be listed. To open a private network, set proxy.privateCidrs; " +
  "single addresses of the Internet cannot be allowed or denied.";

/** What can be wrong with a text, in the order in which the first that holds explains it best. */
const FLAWS: readonly (readonly [holds: (text: string) => boolean, problem: string])[] = [
  [(text) => /[ \t\r]/.test(text), "is more than one word. Write one domain a line."],
  [(text) => text.includes("://"), "is a URL. Only its domain can be listed."],
  [isAddress, `is an address. ${ADDRESSES}`],
  [(text) => text.includes("/"), "has a path. Only its domain can be listed."],
  [(text) => text.includes("#"), 'is one word for Squid. Write a blank before the "#".'],
  [(text) => /:\d*$/.test(text), "has a port. The ports are settings: proxy.connectPorts."],
  [(text) => text.includes("*"), `has a wildcard. ${SUBDOMAINS}`],
  [(text) => /\P{ASCII}/u.test(text), "is not ASCII. Clients ask for the name in punycode."],
  [(text) => /[^a-z0-9._-]/i.test(text), 'has more than letters, digits, "-", "_" and dots.'],
  [(text) => /[^.]\.$/.test(text), "ends in a dot. Names are written without it."],
  [(text) => labels(text).includes(""), "has an empty label: a dot too many."],
  [(text) => labels(text).some((label) => label.length > 63), "has a label above 63 characters."],
  [(text) => labels(text).join(".").length > 253, "is longer than the 253 characters of a name."],
  [(text) => /(^|\.)-|-(\.|$)/.test(text), "has a label that begins or ends with a hyphen."],
  [(text) => !text.includes("."), "is a single label, and no name on the Internet."],
];

/** The parts between the dots, without the leading dot that stands for the subdomains. */
function labels(text: string): string[] {
  return text.replace(/^\./, "").split(".");
}

/** As browsers see it, a name that ends in a number is an IPv4 address, in whatever notation. */
function isAddress(text: string): boolean {
  const host = text.replace(/\/.*$/, "").replace(/^\[(.*)\](:\d*)?$/, "$1");
  return isIPv6(host) || /(^|\.)(\d+|0x[\da-f]*)\.?(:\d*)?$/i.test(host);
}

function flawOf(text: string): string | undefined {
  return FLAWS.find(([holds]) => holds(text))?.[1];
}

function isDomain({ text }: Entry): boolean {
  return flawOf(text) === undefined;
}

function misspelling({ line, text }: Entry): Mistake[] {
  const flaw = flawOf(text);
  if (flaw === undefined) return [];
  const proposal = repaired(text);
  const problem = isDomain({ line, text: proposal }) ? `${flaw} Write "${proposal}".` : flaw;
  return [{ line, text, problem }];
}

/** The domain that somebody most likely means who writes the text; not always one. */
function repaired(text: string): string {
  const name = text
    .replace(/^[a-z][a-z\d+.-]*:\/\//i, "")
    .replace(/[/?#]\S*$/, "")
    .replace(/^\S*@/, "")
    .replace(/:\d*$/, "")
    .replace(/^\*\./, ".")
    .replace(/\.$/, "");
  // Before domainToASCII, which takes a backslash, for one, as the end of the name.
  if (!/^[\p{L}\p{M}\p{N}._-]+$/u.test(name)) return text;
  const ascii = name.startsWith(".") ? `.${domainToASCII(name.slice(1))}` : domainToASCII(name);
  return ascii.includes(".") ? ascii : `.${ascii}`;
}

/** The domains that are listed twice, or that another one, with its subdomains, includes. */
function overlaps(entries: readonly Entry[]): Mistake[] {
  const lines = new Map<string, number>();
  for (const { line, text } of entries) {
    const domain = text.toLowerCase();
    if (!lines.has(domain)) lines.set(domain, line);
  }
  return entries.flatMap(({ line, text }) => {
    const domain = text.toLowerCase();
    const parts = labels(domain);
    const wider = parts
      .map((_, index) => `.${parts.slice(index).join(".")}`)
      .find((candidate) => candidate !== domain && lines.has(candidate));
    if (wider !== undefined) {
      const problem = `is part of "${wider}" in line ${lines.get(wider)}. Remove it.`;
      return [{ line, text, problem }];
    }
    const first = lines.get(domain)!;
    return first < line ? [{ line, text, problem: `is in line ${first} already. Remove it.` }] : [];
  });
}
