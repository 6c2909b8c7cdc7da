import { isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { invisibleCharacter, nameOf, withoutInvisible } from "./characters";

const SUBDOMAINS = 'A leading dot stands for a domain with its subdomains: ".example.com".';
const ADDRESSES =
  "Only domains can be listed. To open a private network, set proxy.privateCidrs; " +
  "single addresses of the Internet cannot be allowed or denied.";

/** What is wrong with a text, or nothing. */
type Flaw = (text: string) => string | undefined;

const flaw =
  (holds: (text: string) => boolean, problem: string): Flaw =>
  (text) =>
    holds(text) ? problem : undefined;

/** What can be wrong with a text, in the order in which the first that holds explains it best. */
const FLAWS: readonly Flaw[] = [
  (text) => {
    const character = invisibleCharacter(text);
    return character && `has a character that cannot be seen: ${nameOf(character)}.`;
  },
  flaw((text) => /[ \t\r]/.test(text), "is more than one word. Write one domain a line."),
  flaw((text) => text.includes("://"), "is a URL. Only its domain can be listed."),
  flaw(isAddress, `is an address. ${ADDRESSES}`),
  flaw((text) => text.includes("/"), "has a path. Only its domain can be listed."),
  flaw((text) => text.includes("#"), 'is one word for Squid. Write a blank before the "#".'),
  flaw((text) => /:\d*$/.test(text), "has a port. The ports are settings: proxy.connectPorts."),
  flaw((text) => text.includes("*"), `has a wildcard. ${SUBDOMAINS}`),
  (text) => {
    const [character] = /\P{ASCII}/u.exec(text) ?? [];
    const named = character && `"${character}" is ${nameOf(character)}`;
    return named && `is not ASCII: ${named}. Clients ask for the name in punycode.`;
  },
  flaw((text) => /[^a-z0-9._-]/i.test(text), 'has more than letters, digits, "-", "_" and dots.'),
  flaw((text) => /[^.]\.$/.test(text), "ends in a dot. Names are written without it."),
  flaw((text) => labels(text).includes(""), "has an empty label: a dot too many."),
  flaw(
    (text) => labels(text).some(({ length }) => length > 63),
    "has a label above 63 characters.",
  ),
  flaw(
    (text) => labels(text).join(".").length > 253,
    "is longer than the 253 characters of a name.",
  ),
  flaw((text) => /(^|\.)-|-(\.|$)/.test(text), "has a label that begins or ends with a hyphen."),
  flaw((text) => !text.includes("."), "is a single label, and no name on the Internet."),
];

/** Blanks are what Squid takes for blanks; any other white space is part of a word for it. */
export function withoutComment(text: string): string {
  return text.replace(/(^|[ \t\r])#.*$/s, "").replace(/^[ \t\r]+|[ \t\r]+$/g, "");
}

/** The parts between the dots, without the leading dot that stands for the subdomains. */
export function labels(text: string): string[] {
  return text.replace(/^\./, "").split(".");
}

/** Whether a text is a domain, with or without the leading dot. */
export function isDomain(text: string): boolean {
  return flawOf(text) === undefined;
}

/** What is wrong with a text that is no domain, and what to write instead; nothing for a domain. */
export function misspelling(text: string): string | undefined {
  const problem = flawOf(text);
  if (problem === undefined) return undefined;
  const proposal = repaired(text);
  return isDomain(proposal) ? `${problem} Write "${proposal}".` : problem;
}

function flawOf(text: string): string | undefined {
  for (const find of FLAWS) {
    const problem = find(text);
    if (problem) return problem;
  }
  return undefined;
}

/** As browsers see it, a name that ends in a number is an IPv4 address, in whatever notation. */
function isAddress(text: string): boolean {
  const host = text.replace(/\/.*$/, "").replace(/^\[(.*)\](:\d*)?$/, "$1");
  return isIPv6(host) || /(^|\.)(\d+|0x[\da-f]*)\.?(:\d*)?$/i.test(host);
}

/** The domain that somebody most likely means who writes the text; not always one. */
function repaired(text: string): string {
  const name = withoutComment(withoutInvisible(text))
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
