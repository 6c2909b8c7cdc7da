import {
  networkOf,
  numericHost,
  parseNetwork,
  type Address,
  type Network,
} from "../../common/addresses";
import {
  REGION_PLACEHOLDER,
  type Rule,
  type Rules,
  type RuleSet,
} from "../../fleet/rules/rule-set";
import type { Settings } from "../settings";
import { ruleUsers, type RuleSettings } from "./rule-users";
import { labels } from "./rule-spelling";

/** Which list of a set refuses, as the access log has it. */
export type DenyingList = "denied-domains" | "allowed-domains";

/** What a rule set says of a host. */
export interface Verdict {
  /** What refuses it; nothing where it passes. */
  readonly deniedBy?: DenyingList;
  /** What would, of a set that only reports. */
  readonly wouldBeDeniedBy?: DenyingList;
  /** The rule that decides, denied or allowed; none where no list has the host. */
  readonly rule?: Rule;
}

/** What the rules of a fleet say of a host that a client asks for. */
export interface ClientVerdict extends Omit<Verdict, "deniedBy"> {
  readonly deniedBy?: DenyingList | "unknown-client";
  /** The name of the set that holds; none for a client that nobody knows and that is denied. */
  readonly rules: string | null;
}

/**
 * Prepares a rule set for many questions: what it says of a host, as a client asks for it.
 *
 * @param region stands for `{region}` in the rules.
 */
export function matcherOf(set: RuleSet, region: string): (host: string) => Verdict {
  const allowed = finderOf(set.allowed, region);
  const denied = finderOf(set.denied, region);
  const refused = (list: DenyingList) =>
    set.domainFilter === "enforce" ? { deniedBy: list } : { wouldBeDeniedBy: list };
  return (asked) => {
    const host = asInSquid(asked);
    const denying = denied(host);
    if (denying !== undefined) return { ...refused("denied-domains"), rule: denying };
    const allowing = allowed(host);
    if (allowing !== undefined) return { rule: allowing };
    return set.allowed.length === 0 ? {} : refused("allowed-domains");
  };
}

/** The same for all rules of a fleet, and for whoever asks: the name of a client or consumer, if known. */
export function judgeOf(
  rules: Rules,
  settings: RuleSettings & Pick<Settings, "unknownClients">,
  region: string,
): (client: string | null, host: string) => ClientVerdict {
  const users = new Map(ruleUsers(settings).map((user) => [user.name, user]));
  const matchers = new Map(rules.sets.map((set) => [set.name, matcherOf(set, region)]));
  const always = finderOf(rules.always, region);
  return (client, host) => {
    const user = client === null ? undefined : users.get(client);
    if (user === undefined && settings.unknownClients === "deny") {
      return { deniedBy: "unknown-client", rules: null };
    }
    const name = user?.rules ?? "default";
    const rule = user?.always === true ? always(asInSquid(host)) : undefined;
    const verdict = rule === undefined ? matchers.get(name)!(host) : { rule };
    return { ...verdict, rules: name };
  };
}

/** A host as Squid has it: in lower case, without the dots at its end and the brackets of IPv6. */
export function asInSquid(host: string): string {
  return host
    .toLowerCase()
    .replace(/\.+$/, "")
    .replace(/^\[(.*)\]$/, "$1");
}

/** Finds the rule of a list that a host matches, by few look-ups however long the list is. */
function finderOf(list: readonly Rule[], region: string): (host: string) => Rule | undefined {
  const rules = new Map<string, Rule>();
  const networks = new Map<string, Network>();
  const shapes = new Map<string, Shape>();
  for (const rule of list) {
    const text = rule.text.replaceAll(REGION_PLACEHOLDER, region);
    const network = parseNetwork(text);
    const key = network === undefined ? text : keyOf(network);
    if (!rules.has(key)) rules.set(key, rule);
    if (network !== undefined) networks.set(`${network.bits}/${network.prefix}`, network);
    else if (text.includes("*")) shapes.set(shapeKey(text), shapeOf(text));
  }
  const keys = (host: string): string[] => {
    const address = numericHost(host);
    return address === undefined
      ? nameKeys(host, [...shapes.values()])
      : networkKeys(address, [...networks.values()]);
  };
  return (host) => {
    for (const key of keys(host)) {
      const rule = rules.get(key);
      if (rule !== undefined) return rule;
    }
    return undefined;
  };
}

/** Where a name with a star has it: how many labels it has, and how many stand before the star. */
interface Shape {
  readonly dot: string;
  readonly length: number;
  readonly star: number;
}

function shapeOf(text: string): Shape {
  const parts = labels(text);
  return {
    dot: text.startsWith(".") ? "." : "",
    length: parts.length,
    star: parts.indexOf("*"),
  };
}

const shapeKey = (text: string) => Object.values(shapeOf(text)).join();

/** The rules that a name may match. */
function nameKeys(name: string, shapes: readonly Shape[]): string[] {
  const parts = name.split(".");
  const stars = shapes
    .filter(({ dot, length }) => length === parts.length || (dot === "." && length < parts.length))
    .map((shape) => ({ ...shape, parts: parts.slice(-shape.length) }))
    .filter(({ parts, star }) => parts[star] !== "")
    .map(({ dot, parts, star }) => `${dot}${parts.with(star, "*").join(".")}`);
  const domains = parts.map((_, index) => `.${parts.slice(index).join(".")}`);
  return [name, ...stars, ...domains];
}

function networkKeys(address: Address, networks: readonly Network[]): string[] {
  return networks
    .filter(({ bits }) => bits === address.bits)
    .map(({ prefix }) => keyOf(networkOf(address, prefix)));
}

const keyOf = ({ bits, prefix, value }: Network) => `${bits}/${prefix}/${value}`;
