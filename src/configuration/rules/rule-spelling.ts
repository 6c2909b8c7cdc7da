import { domainToASCII } from "node:url";
import {
  isWithin,
  MAPPED_NETWORK,
  networkOf,
  networkText,
  numericHost,
  parseAddress,
  parseNetwork,
  type Network,
} from "../../common/addresses";
import { guardedNetwork } from "../../common/guarded-networks";
import { DEFAULT_REGIONS } from "../../common/regions";
import { REGION_PLACEHOLDER } from "../../fleet/rules/rule-set";
import { invisibleCharacter, nameOf, withoutInvisible } from "./characters";

/** What begins a line that stands for a bundle. */
export const BUNDLE_MARK = "@";

/** What sets and bundles may be called. */
export const SET_NAME = /^[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?$/;
export const SET_NAME_ALLOWED =
  "lower-case letters, digits and hyphens, a letter first, no hyphen last, 31 characters at most";

/** The longest, so that what fits with it fits with each. */
export const LONGEST_REGION = DEFAULT_REGIONS.standard.reduce((one, other) =>
  other.length > one.length ? other : one,
);

const SUBDOMAINS = 'A leading dot stands for a domain with its subdomains: ".example.com".';
const STAR = 'One "*" may stand for one label in the middle of a name: "ec2.*.example.com".';

/** What is wrong with a text, or nothing. */
type Flaw = (text: string) => string | undefined;

const flaw =
  (holds: (text: string) => boolean, problem: string): Flaw =>
  (text) =>
    holds(text) ? problem : undefined;

/** What can be wrong with any line. */
const LINE_FLAWS: readonly Flaw[] = [
  (text) => {
    const character = invisibleCharacter(text);
    return character && `has a character that cannot be seen: ${nameOf(character)}.`;
  },
  flaw((text) => /[ \t\r]/.test(text), "is more than one word. Write one rule a line."),
];

const BUNDLE_FLAWS: readonly Flaw[] = [
  flaw(
    (text) => !SET_NAME.test(text.slice(BUNDLE_MARK.length).toLowerCase()),
    `is no bundle. Bundles are called by ${SET_NAME_ALLOWED}.`,
  ),
];

const ADDRESS_FLAWS: readonly Flaw[] = [
  flaw((text) => text.includes("://"), "is a URL. Only its host can be listed."),
  flaw((text) => /^\[.*\]$/.test(text), "is an address in brackets. Write it without."),
  flaw((text) => /[\]\d.]:\d*$/.test(text) && !parseNetwork(text), "has a port. " + ports()),
  flaw(
    (text) => parseNetwork(text) === undefined,
    "is no address and no network such as 198.51.100.7, 198.51.100.0/24 or 2001:db8::/32.",
  ),
  flaw(
    (text) => text.includes(":") && parseNetwork(text)!.bits === 32,
    "is an IPv4 address in the notation of IPv6.",
  ),
  flaw(
    (text) => isWithin(parseNetwork(text)!, MAPPED_NETWORK),
    "has the addresses of IPv4 in it, too: 0.0.0.0/0 is all of IPv4, and 2000::/3 the Internet of IPv6.",
  ),
  flaw((text) => text.includes("%"), "has a zone, which only its own machine knows."),
  flaw(
    (text) => parseAddress(text.replace(/\/.*/, ""))!.value !== parseNetwork(text)!.value,
    "has bits set behind the prefix of its network.",
  ),
];

/** What can be wrong with a name, in the order in which the first that holds explains it best. */
const NAME_FLAWS: readonly Flaw[] = [
  flaw((text) => text.includes("://"), "is a URL. Only its host can be listed."),
  flaw((text) => text.includes("/"), "has a path. Only its host can be listed."),
  flaw((text) => text.includes("#"), 'has a "#" inside. Write a blank before a comment.'),
  flaw((text) => /:\d*$/.test(text), "has a port. " + ports()),
  flaw(
    (text) => /[{}]/.test(text),
    `has braces. Only ${REGION_PLACEHOLDER} can stand in a name, for the fleet's region.`,
  ),
  flaw((text) => /^\.?\*(\.|$)/.test(text), `has a wildcard. ${SUBDOMAINS}`),
  flaw((text) => text.includes("*") && !hasOneStar(text), `has a wildcard. ${STAR}`),
  (text) => {
    const [character] = /\P{ASCII}/u.exec(text) ?? [];
    const named = character && `"${character}" is ${nameOf(character)}`;
    return named && `is not ASCII: ${named}. Clients ask for the name in punycode.`;
  },
  flaw((text) => /[^a-z0-9._*-]/i.test(text), 'has more than letters, digits, "-", "_" and dots.'),
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

function ports(): string {
  return "The ports are settings: proxy.connectPorts.";
}

/** Blanks are blanks, tabs and what Windows has at line ends; any other white space is a mistake. */
export function withoutComment(text: string): string {
  return text.replace(/(^|[ \t\r])#.*$/s, "").replace(/^[ \t\r]+|[ \t\r]+$/g, "");
}

/** The parts between the dots, without the leading dot that stands for the subdomains. */
export function labels(text: string): string[] {
  return text.replace(/^\./, "").split(".");
}

/** Whether a text is a bundle, a network, an address or a name, with or without the leading dot. */
export function isRule(text: string): boolean {
  return flawOf(text) === undefined;
}

/**
 * The rule in a text as it is stored (see `Rule.text`), or the bundle with its mark in lower case; nothing
 * where the text is neither.
 */
export function ruleOf(text: string): string | undefined {
  if (!isRule(text)) return undefined;
  const network = parseNetwork(text);
  return network === undefined ? text.toLowerCase() : networkText(network);
}

/**
 * What is wrong with a text that is no rule, or one in vain, and what to write instead; nothing for a rule.
 *
 * @param privateCidrs the private networks that are open.
 */
export function misspelling(text: string, privateCidrs: readonly string[]): string | undefined {
  const problemOf = (text: string) => flawOf(text) ?? refusal(text, privateCidrs);
  const problem = problemOf(text);
  if (problem === undefined) return undefined;
  const proposal = repaired(text);
  return problemOf(proposal) === undefined ? `${problem} Write "${proposal}".` : problem;
}

/** Why the proxy refuses an address, or a network, whatever is listed. */
function refusal(text: string, privateCidrs: readonly string[]): string | undefined {
  const network = parseNetwork(text);
  const guarded = network && guardedNetwork(network, privateCidrs);
  return (
    guarded &&
    `is in ${guarded}, which is not the Internet: the proxy refuses it, whatever is listed. ` +
      "To open a private network, set proxy.privateCidrs."
  );
}

function flawOf(text: string): string | undefined {
  return flawIn(text, LINE_FLAWS) ?? flawOfWord(text);
}

function flawOfWord(text: string): string | undefined {
  if (text.startsWith(BUNDLE_MARK)) return flawIn(text, BUNDLE_FLAWS);
  if (isAddress(text)) return flawIn(text, ADDRESS_FLAWS);
  return flawIn(text.replaceAll(PLACEHOLDER, LONGEST_REGION), NAME_FLAWS);
}

const PLACEHOLDER = new RegExp(REGION_PLACEHOLDER, "gi");

function flawIn(text: string, flaws: readonly Flaw[]): string | undefined {
  for (const find of flaws) {
    const problem = find(text);
    if (problem) return problem;
  }
  return undefined;
}

/** As browsers see it, a name that ends in a number is an IPv4 address, in whatever notation. */
function isAddress(text: string): boolean {
  if (parseNetwork(text) !== undefined) return true;
  const host = text.replace(/\/.*$/, "").replace(/^\[(.*)\](:\d*)?$/, "$1");
  return parseAddress(host) !== undefined || /(^|\.)(\d+|0x[\da-f]*)\.?(:\d*)?$/i.test(host);
}

/** Whether the only star is a label of its own, and neither the first nor the last one. */
function hasOneStar(text: string): boolean {
  return /^[^*]*[^*.]\.\*\.[^*.][^*]*$/.test(text);
}

/** The rule that somebody most likely means who writes the text; not always one. */
function repaired(text: string): string {
  const host = withoutComment(withoutInvisible(text)).replace(/^[a-z][a-z\d+.-]*:\/\//i, "");
  const network = meantNetwork(host);
  if (network !== undefined) return written(network);
  const name = host
    .replace(/[/?#]\S*$/, "")
    .replace(/^\S*@/, "")
    .replace(/:\d*$/, "")
    .replace(/^\.?\*\./, ".")
    .replace(/\.$/, "");
  // Before domainToASCII, which takes a backslash, for one, as the end of the name, and no placeholder.
  if (!/^[\p{L}\p{M}\p{N}._-]+$/u.test(name)) return text;
  const ascii = name.startsWith(".") ? `.${domainToASCII(name.slice(1))}` : domainToASCII(name);
  return ascii.includes(".") ? ascii : `.${ascii}`;
}

/** The network or address in a text that has more than it, or has it in an unusual notation. */
function meantNetwork(text: string): Network | undefined {
  const [, host = "", length] = /^\[?([^[\]/]*?)\]?(?::\d*)?(?:\/(\d*).*)?$/.exec(text) ?? [];
  const usual = parseNetwork(length ? `${host}/${length}` : host) ?? parseNetwork(text);
  if (usual !== undefined) return usual;
  const address = numericHost(host.toLowerCase().replace(/\.$/, ""));
  return address && networkOf(address, address.bits);
}

/** As people write it: an address without its length. */
function written(network: Network): string {
  return networkText(network).replace(network.bits === 32 ? /\/32$/ : /\/128$/, "");
}
