import { numericHost } from "../../common/addresses";
import { entriesOf } from "../../configuration/rules/rule-list";
import { bundleFile, listFile, type RuleFolder } from "../../configuration/rules/rule-folder";
import { ruleUsers } from "../../configuration/rules/rule-users";
import { asInSquid, type ClientVerdict } from "../../configuration/rules/verdict";
import { REGION_PLACEHOLDER, type Rule } from "../../fleet/rules/rule-set";
import { guardOf, mayReachPort, Rulings, type CheckoutRules } from "./rulings";
import type { Target } from "./target";

export interface ExplanationProps {
  /** The client's name in the settings; nothing for an endpoint that they do not name. */
  readonly client: string | null;
  readonly target: Target;
  readonly checkout: CheckoutRules;
  /** The files that the rules are from. */
  readonly folder: RuleFolder;
}

/** What becomes of a request, and why. */
export interface Explanation {
  readonly isAdmitted: boolean;
  readonly lines: readonly string[];
}

/** One of the proxies' questions: what it found, and the answer as the access log would have it. */
interface Finding {
  readonly about: "scheme" | "port" | "rules" | "address";
  readonly text: string;
  readonly deniedBy?: string;
  readonly wouldBeDeniedBy?: string;
}

/** Says what the proxies would do with a request, and which setting, or file and line, decides. */
export function explanation(props: ExplanationProps): Explanation {
  const { client, target } = props;
  // In the order in which a proxy asks; the first that refuses is in the log.
  const findings = [schemeOf, portOf, rulesOf, addressOf].flatMap((find) => find(props) ?? []);
  const refusing = findings.find(({ deniedBy }) => deniedBy !== undefined);
  const marking = findings.find(({ wouldBeDeniedBy }) => wouldBeDeniedBy !== undefined);
  const who = client ?? "An endpoint that nobody has named";
  const what = described(target);
  const outcome =
    refusing !== undefined
      ? `Refused: ${who} does not reach ${what}. In the log, deniedBy is ${refusing.deniedBy}.`
      : marking !== undefined
        ? `Admitted, and marked: ${who} reaches ${what}. In the log, wouldBeDeniedBy is ${marking.wouldBeDeniedBy}.`
        : `Admitted: ${who} reaches ${what}.`;
  return {
    isAdmitted: refusing === undefined,
    lines: [outcome, ...findings.map(({ about, text }) => `  ${about.padEnd(8)} ${text}`)],
  };
}

function described({ method, host, port, otherScheme }: Target): string {
  const name = host.includes(":") ? `[${host}]` : host;
  if (otherScheme !== undefined) return `${name} by ${otherScheme.toUpperCase()}`;
  return `${name}:${port} by ${method === "CONNECT" ? "a tunnel, as for HTTPS" : "plain HTTP"}`;
}

function schemeOf({ target: { otherScheme } }: ExplanationProps): Finding | undefined {
  if (otherScheme === undefined) return undefined;
  const text = "only HTTP goes through the proxy, and tunnels (squid/squid.conf)";
  return { about: "scheme", text, deniedBy: "scheme" };
}

function portOf({ target, checkout: { settings } }: ExplanationProps): Finding | undefined {
  if (target.otherScheme !== undefined) return undefined;
  const setting = target.method === "CONNECT" ? "connectPorts" : "httpPorts";
  const list = `proxy.${setting}, ${JSON.stringify(settings.proxy[setting])}`;
  if (mayReachPort(target, settings.proxy)) {
    return { about: "port", text: `${target.port} is in ${list}` };
  }
  const plain = `http://${target.host}:${target.port}`;
  const other =
    target.method === "CONNECT" && settings.proxy.httpPorts.includes(target.port)
      ? `. Plain HTTP may go there: ${plain}`
      : "";
  return { about: "port", text: `${target.port} is not in ${list}${other}`, deniedBy: "port" };
}

function rulesOf(props: ExplanationProps): Finding {
  const { client, target, checkout } = props;
  const verdict = new Rulings(checkout).verdict(client, target.host);
  return { ...verdict, about: "rules", text: reasonFor(verdict, props) };
}

function reasonFor(verdict: ClientVerdict, props: ExplanationProps): string {
  const { rules: name, rule, deniedBy, wouldBeDeniedBy } = verdict;
  const { sets, always } = props.checkout.rules;
  if (name === null) return 'unknownClients is "deny"';
  const set = sets.find((candidate) => candidate.name === name)!;
  const by = deniedBy ?? wouldBeDeniedBy;
  const filter = by === undefined ? "" : `; the set's domainFilter is "${set.domainFilter}"`;
  const isOwn = ruleUsers(props.checkout.settings).some(
    (user) => user.name === props.client && user.always,
  );
  if (isOwn && rule !== undefined && always.includes(rule)) {
    return `${placeOf(rule, props)}: what the fleet's own clients always reach`;
  }
  if (rule !== undefined) {
    const list = by === "denied-domains" ? "denied" : "allowed";
    return `${placeOf(rule, props, listFile(name, list))}${filter}`;
  }
  return by === undefined
    ? `${listFile(name, "allowed")} is empty, so that all is allowed that is not denied`
    : `${listFile(name, "allowed")} does not have it${filter}`;
}

/** Where a rule is and what it says; and of a bundle's, the line of the list that brings the bundle in. */
function placeOf(rule: Rule, { checkout, folder }: ExplanationProps, list?: string): string {
  const { file, line, text } = rule;
  const region = text.includes(REGION_PLACEHOLDER)
    ? `, where the region is ${checkout.region}`
    : "";
  const place = `${file}:${line} has ${text}${region}`;
  if (list === undefined || file === list) return place;
  const lists = [...folder.sets.values()].flatMap((set) => Object.values(set));
  const { content = "" } = lists.find((candidate) => candidate.file === list) ?? {};
  const bringing = entriesOf(content).find(
    (entry) => entry.text.startsWith("@") && bundleFile(entry.text.slice(1).toLowerCase()) === file,
  );
  return bringing === undefined
    ? place
    : `${place}, by ${bringing.text} in ${list}:${bringing.line}`;
}

function addressOf({ target: { host }, checkout }: ExplanationProps): Finding | undefined {
  const guard = guardOf(host, checkout.settings.proxy.privateCidrs);
  switch (guard) {
    case undefined:
      return isAddress(host)
        ? { about: "address", text: "is one of the Internet, or opened" }
        : undefined;
    case "private-address":
      return {
        about: "address",
        text: "is private, and proxy.privateCidrs does not open it",
        deniedBy: guard,
      };
    case "internal-address":
      return {
        about: "address",
        text: "is none of the Internet (squid/squid.conf)",
        deniedBy: guard,
      };
  }
}

const isAddress = (host: string) => numericHost(asInSquid(host)) !== undefined;
