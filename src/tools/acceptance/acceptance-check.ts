import { contains, overlaps } from "../../common/cidr";
import { judgeOf } from "../../configuration/rules/verdict";
import type { ClientSettings, Settings } from "../../configuration/settings";
import { REGION_PLACEHOLDER, type Rule, type Rules } from "../../fleet/rules/rule-set";

/** The variables of client/check.sh; its header says what they mean. */
export type CheckEnvironment = Readonly<Record<string, string>>;

/** A client, and all that says what it may reach. */
export interface CheckedClient {
  readonly settings: Pick<Settings, "proxy" | "clients" | "consumers" | "unknownClients">;
  readonly rules: Rules;
  readonly region: string;
  /** One of the settings' clients: that on which the check runs. */
  readonly client: Pick<ClientSettings, "name" | "rules" | "vpc" | "publicDns" | "allowedDns">;
}

/** Names that a rehearsal's Internet has to know. */
export interface RehearsalSites {
  readonly site: string;
  /** Why the client may not reach the site after all. */
  readonly siteSkip: string | undefined;
  /** A site that the client's rules refuse. */
  readonly refusedSite: string | undefined;
  /**
   * Names that the rules let pass, and for each an address that the proxy refuses unless it is
   * opened. None where only exact names are allowed, as those have addresses of their own.
   */
  readonly internalSites: Readonly<Record<string, string>>;
}

/** The site of a deployed fleet: one of AWS's, which tells clients their address. */
export const DEPLOYED_SITE = "checkip.amazonaws.com";

/**
 * Names that exist, for the refusal of a domain: the proxy refuses a name without an address too,
 * which would show nothing about the rules. Source: RFC 2606, section 3.
 */
const EXISTING_SITES = ["example.com", "example.net", "example.org"];

/** The name of a rehearsal's web site, where no rule set asks for another. */
export const REHEARSAL_SITE = "site.test";

/** Names for a rehearsal, whose Internet has those that it is told to have. */
const REHEARSAL_SITES = [REHEARSAL_SITE, "site.example"];
const REHEARSAL_REFUSED_SITES = ["denied.test", "denied.example"];

/** A label where the rules let any one pass. */
const ANY_LABEL = "rehearsal";

/** Below a site of a rehearsal: EC2's metadata service, and a host of a private network. */
const INTERNAL_SITES = [
  ["metadata", "169.254.169.254"],
  ["private", "10.0.0.1"],
] as const;

/** The first and last host of each private range (RFC 1918, RFC 6598). */
const PRIVATE_ADDRESSES = [
  ["10.0.0.1", "10.255.255.254"],
  ["100.64.0.1", "100.127.255.254"],
  ["172.16.0.1", "172.31.255.254"],
  ["192.168.0.1", "192.168.255.254"],
].flat();

/** What client/check.sh takes for the address of the client that runs it. */
const OWN_ADDRESS = "own";

/** Addresses, which only those who run a check can know. */
export interface CheckAddresses {
  /** Of which the site must see one: the fleet's output `nat_public_ips`. With none, any that is not the client's will do. */
  readonly egress: readonly string[];
  /**
   * One of the site's.
   * @default - not known: where public names do not resolve, a way past the proxy cannot be looked for
   */
  readonly site?: string;
}

/** The check of a deployed fleet, on one of its test instances. */
export function deployedCheck(checked: CheckedClient, addresses: CheckAddresses): CheckEnvironment {
  const { settings, client } = checked;
  const { httpPorts, privateCidrs } = settings.proxy;
  const rules = rulesOf(checked);
  const siteSkip =
    rules.isEnforced && rules.refuse(DEPLOYED_SITE)
      ? `${rules.folder} refuses ${DEPLOYED_SITE}`
      : undefined;
  const { vpc } = client;
  const isOwnOpen = "cidr" in vpc && privateCidrs.some((cidr) => overlaps(cidr, vpc.cidr));
  return present({
    SITE: DEPLOYED_SITE,
    SITE_ADDRESS: addresses.site,
    HTTP_PORT: "80",
    HTTP_SKIP: siteSkip ?? (httpPorts.includes(80) ? undefined : "80 is not in proxy.httpPorts"),
    HTTPS_PORT: "443",
    HTTPS_SKIP: siteSkip,
    ...targetPorts(settings),
    ...deniedSite(rules, [
      ...EXISTING_SITES.filter((name) => rules.refuse(name) === "denied-domains"),
      ...rules.denied.flatMap((text) => names(text).slice(-1)),
      ...EXISTING_SITES,
    ]),
    PRIVATE_TARGETS: [...closed(privateCidrs), ...(isOwnOpen ? [] : [OWN_ADDRESS])].join(" "),
    INTERNAL_SITES_SKIP: addressesSkip(rules),
    ...blockedName(client, [DEPLOYED_SITE, ...EXISTING_SITES]),
    EGRESS_ADDRESSES: addresses.egress.join(" "),
  });
}

/** The check of a rehearsal, whose site listens on every port that is open. */
export function rehearsalCheck(
  checked: CheckedClient,
  addresses: CheckAddresses,
): CheckEnvironment {
  const { settings, client } = checked;
  const { httpPorts, connectPorts, privateCidrs } = settings.proxy;
  const rules = rulesOf(checked);
  const { site, siteSkip, refusedSite, internalSites } = rehearsalSites(checked);
  const httpPort = httpPorts.find((port) => !connectPorts.includes(port));
  const internalNames = Object.entries(internalSites)
    .filter(([, address]) => isClosed(address, privateCidrs))
    .map(([name]) => name);
  const skip = rules.isEnforced ? siteSkip : undefined;
  return present({
    SITE: site,
    SITE_ADDRESS: addresses.site,
    HTTP_PORT: httpPort?.toString(),
    HTTP_SKIP: skip ?? (httpPort === undefined ? "no port is open to plain HTTP alone" : undefined),
    HTTPS_PORT: connectPorts[0]?.toString(),
    HTTPS_SKIP: skip,
    ...targetPorts(settings),
    ...deniedSite(rules, refusedSite === undefined ? [] : [refusedSite]),
    PRIVATE_TARGETS: [...closed(privateCidrs), OWN_ADDRESS].join(" "),
    INTERNAL_SITES: internalNames.join(" "),
    INTERNAL_SITES_SKIP: internalNames.length === 0 ? addressesSkip(rules) : undefined,
    ...blockedName(client, [site]),
    EGRESS_ADDRESSES: addresses.egress.join(" "),
  });
}

/** The names that a rehearsal's Internet must know, whoever has them in the real one. */
export function rehearsalSites(checked: CheckedClient): RehearsalSites {
  const { refuse, folder, allowed, denied } = rulesOf(checked);
  const candidates = allowed.length === 0 ? REHEARSAL_SITES : allowed.flatMap(names);
  const site = candidates.find((name) => !refuse(name));
  const internalSites = candidates
    .map((name) => INTERNAL_SITES.map(([label, address]) => [`${label}.${name}`, address] as const))
    .find((sites) => sites.every(([name]) => !refuse(name)));
  return {
    site: site ?? REHEARSAL_SITE,
    siteSkip: site === undefined ? `${folder} refuses every site that the check knows` : undefined,
    refusedSite: [...denied.flatMap(names), ...REHEARSAL_REFUSED_SITES].find(refuse),
    internalSites: Object.fromEntries(internalSites ?? []),
  };
}

/** The rules of a client's set, as the check needs them. */
function rulesOf({ settings, rules, region, client }: CheckedClient) {
  const set = rules.sets.find(({ name }) => name === client.rules)!;
  const judge = judgeOf(rules, settings, region);
  const texts = (list: readonly Rule[]) =>
    list.map(({ text }) => text.replaceAll(REGION_PLACEHOLDER, region));
  return {
    folder: `rules/${set.name}`,
    isEnforced: set.domainFilter === "enforce",
    allowed: texts(set.allowed),
    denied: texts(set.denied),
    /** Which list refuses a host, or would if it were enforced. */
    refuse: (host: string) => {
      const { deniedBy, wouldBeDeniedBy } = judge(client.name, host);
      return deniedBy ?? wouldBeDeniedBy;
    },
  };
}

type ClientRules = ReturnType<typeof rulesOf>;

/** Ports that are open, so that it is not for the port that a target is refused. */
function targetPorts({ proxy }: Pick<Settings, "proxy">) {
  return {
    TARGET_HTTP_PORT: String(proxy.httpPorts[0] ?? ""),
    TARGET_CONNECT_PORT: String(proxy.connectPorts[0]),
  };
}

/**
 * Why it stays open whether it is for their addresses that internal targets are refused: a list that allows
 * names refuses addresses before the proxy looks where they are.
 */
function addressesSkip({ isEnforced, allowed, folder }: ClientRules): string | undefined {
  return isEnforced && allowed.length > 0
    ? `${folder}/allowed-domains.txt refuses addresses, too, and no name on it is known to have an internal one`
    : undefined;
}

/** A domain that the proxy must refuse, or why there is none. */
function deniedSite(rules: ClientRules, candidates: readonly string[]) {
  const { isEnforced, folder, allowed, denied, refuse } = rules;
  if (!isEnforced) return { DENIED_SITE_SKIP: `${folder} only reports` };
  const site = candidates.find(refuse);
  if (site !== undefined) {
    return { DENIED_SITE: site, DENIED_BY: `${folder}/${refuse(site)!}.txt` };
  }
  return allowed.length + denied.length === 0
    ? { DENIED_SITE_SKIP: `${folder} has no rules` }
    : { DENIED_SITE_SKIP: `${folder} refuses no name that the check knows` };
}

/** A name for which the client's resolver must not answer, or why there is none. */
function blockedName(
  { name, publicDns, allowedDns }: CheckedClient["client"],
  candidates: readonly string[],
) {
  if (publicDns === "allowed") {
    return { BLOCKED_NAME_SKIP: `publicDns of the client ${name} is "allowed"` };
  }
  const isAllowed = (candidate: string) =>
    allowedDns.some((allowed) =>
      allowed.startsWith("*.") ? candidate.endsWith(allowed.slice(1)) : candidate === allowed,
    );
  const blocked = candidates.find((candidate) => !isAllowed(candidate));
  return blocked === undefined
    ? { BLOCKED_NAME_SKIP: `allowedDns of the client ${name} has every name that the check knows` }
    : { BLOCKED_NAME: blocked };
}

/** Names that a rule includes, of one with a dot in front the shortest last; none of a network. */
function names(text: string): string[] {
  if (text.includes("/")) return [];
  const name = text.replace("*", ANY_LABEL);
  return name.startsWith(".") ? [`${ANY_LABEL}${name}`, name.slice(1)] : [name];
}

/** Private addresses that the settings do not open. */
function closed(privateCidrs: readonly string[]): string[] {
  return PRIVATE_ADDRESSES.filter((address) => isClosed(address, privateCidrs));
}

function isClosed(address: string, privateCidrs: readonly string[]): boolean {
  return !privateCidrs.some((cidr) => contains(cidr, `${address}/32`));
}

function present(variables: Readonly<Record<string, string | undefined>>): CheckEnvironment {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
