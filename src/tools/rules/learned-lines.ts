import { networkOf, networkText, numericHost } from "../../common/addresses";
import { isPublicSuffix } from "../../configuration/rules/public-suffixes";
import { isRule } from "../../configuration/rules/rule-spelling";
import { asInSquid } from "../../configuration/rules/verdict";
import type { LoggedRequests } from "../logs/access-log";
import { guardOf, mayReachPort, namesOf, type CheckoutRules, type Rulings } from "./rulings";

/** How many lines the one for their common domain takes the place of, at least. */
const LINES_FOR_A_DOMAIN = 3;

/** What refused a request by its name, or nothing did. The rest no rule for a name can change. */
const BY_NAME: readonly (string | null)[] = [
  null,
  "allowed-domains",
  "denied-domains",
  "unknown-client",
];

/** Domains of one owner with public suffixes below, such as `s3.amazonaws.com`, where anybody may have names. */
const SHARED_DOMAINS = ["amazonaws.com"];

/** What somebody asked for. */
export interface AskedFor {
  /** A line of a list, or a host for which there is none. */
  readonly text: string;
  /** How many requests there were, and when the last one was. */
  readonly count: number;
  readonly last: string;
}

/** What a client asked for and its list of allowed domains does not have. */
export interface Learned {
  /** The lines that it lacks. */
  readonly lines: readonly AskedFor[];
  /** What no line lets pass. */
  readonly left: readonly (AskedFor & { readonly reason: string })[];
}

/**
 * The lines that let a client reach what it asked for: exact names, addresses, and a domain where it stands
 * for three lines or more and all below it has one owner. Each admits what no other line does. A list that
 * is empty admits all, and counts here as one that admits nothing.
 *
 * @param client its name in the settings.
 * @param requests those of the client.
 */
export function learnedLines(
  client: string,
  requests: readonly LoggedRequests[],
  rulings: Rulings,
  { settings: { proxy } }: Pick<CheckoutRules, "settings">,
): Learned {
  const asked = new Map<string, AskedFor>();
  const left = new Map<string, AskedFor & { readonly reason: string }>();
  for (const request of requests) {
    if (!BY_NAME.includes(request.deniedBy) || !mayReachPort(request, proxy)) continue;
    const names = namesOf(request).map((name) => {
      const { rule, deniedBy, wouldBeDeniedBy } = rulings.verdict(client, name);
      const text = lineOf(name);
      const isDenied = (deniedBy ?? wouldBeDeniedBy) === "denied-domains";
      const reason = isDenied
        ? `${rule!.file}:${rule!.line} denies it`
        : reasonAgainst(text, proxy.privateCidrs);
      return { text, reason, isAllowed: rule !== undefined };
    });
    for (const { text, reason } of names) {
      if (reason !== undefined) left.set(text, { ...sum(text, request, left.get(text)), reason });
    }
    // A line for its other name would admit no request.
    if (names.some(({ reason }) => reason !== undefined)) continue;
    for (const { text, isAllowed } of names) {
      if (!isAllowed) asked.set(text, sum(text, request, asked.get(text)));
    }
  }
  return { lines: sorted(withDomains([...asked.values()])), left: sorted([...left.values()]) };
}

/** A host as a list has it. */
function lineOf(host: string): string {
  const name = asInSquid(host);
  const address = numericHost(name);
  return address === undefined
    ? name
    : networkText(networkOf(address, address.bits)).replace(/\/\d+$/, "");
}

/** Why a host cannot be listed, if it cannot. Hosts are what clients choose: none may become a pattern. */
function reasonAgainst(text: string, privateCidrs: readonly string[]): string | undefined {
  const guard = guardOf(text, privateCidrs);
  if (guard !== undefined) return `the proxy refuses it whatever is listed (${guard})`;
  const isHost = numericHost(text) !== undefined || /^[a-z\d_][a-z\d._-]*$/.test(text);
  return isHost && isRule(text) ? undefined : "it is no name or address of the Internet";
}

/** A domain's own line, if there is one, and the domains below it by their first labels. */
interface Domain {
  line?: AskedFor;
  readonly below: Map<string, Domain>;
}

/** Puts domains in the place of lines that they cover, from the narrowest on. */
function withDomains(lines: readonly AskedFor[]): AskedFor[] {
  const isName = ({ text }: AskedFor) => numericHost(text) === undefined;
  const root: Domain = { below: new Map() };
  for (const line of lines.filter(isName)) {
    let domain = root;
    for (const label of line.text.split(".").reverse()) {
      const next = domain.below.get(label) ?? { below: new Map<string, Domain>() };
      domain.below.set(label, next);
      domain = next;
    }
    domain.line = line;
  }
  return [...lines.filter((line) => !isName(line)), ...merged("", root).lines];
}

/** The lines for a domain and all below it, and whether that has several owners. */
function merged(name: string, { line, below }: Domain): { lines: AskedFor[]; isShared: boolean } {
  const parts = [...below].map(([label, domain]) =>
    merged(name === "" ? label : `${label}.${name}`, domain),
  );
  const lines = [...(line === undefined ? [] : [line]), ...parts.flatMap(({ lines }) => lines)];
  const isShared =
    SHARED_DOMAINS.includes(name) || isPublicSuffix(name) || parts.some(({ isShared }) => isShared);
  const text = `.${name}`;
  if (isShared || lines.length < LINES_FOR_A_DOMAIN || !isRule(text)) return { lines, isShared };
  return { lines: [lines.reduce((all, each) => sum(text, each, all), NONE)], isShared };
}

const NONE: AskedFor = { text: "", count: 0, last: "" };

function sum(text: string, { count, last }: Omit<AskedFor, "text">, former = NONE): AskedFor {
  return { text, count: former.count + count, last: former.last > last ? former.last : last };
}

function sorted<Line extends AskedFor>(lines: readonly Line[]): Line[] {
  return [...lines].sort((one, other) => (one.text < other.text ? -1 : 1));
}
