import { contains, overlaps } from "../../common/cidr";
import {
  isListed,
  isRefused,
  type DomainLists,
} from "../../configuration/domain-lists/domain-match";
import type { ClientSettings, Settings } from "../../configuration/settings";

/** The variables of client/check.sh; its header says what they mean. */
export type CheckEnvironment = Readonly<Record<string, string>>;

/** Names that a rehearsal's Internet has to know. */
export interface RehearsalSites {
  readonly site: string;
  /** Why clients may not reach the site after all. */
  readonly siteSkip: string | undefined;
  /** A site that the domain lists refuse. */
  readonly refusedSite: string | undefined;
  /**
   * Names that the domain lists let pass, and for each an address that the proxy refuses unless it is
   * opened. None where only exact names are allowed, as those have addresses of their own.
   */
  readonly internalSites: Readonly<Record<string, string>>;
}

export interface RehearsalCheckProps {
  readonly settings: Pick<Settings, "proxy">;
  readonly lists: DomainLists;
  /** Addresses of which the site must see one; with none, any that is not the client's will do. */
  readonly egressAddresses: readonly string[];
}

export interface DeployedCheckProps {
  readonly settings: Pick<Settings, "proxy">;
  /** Nothing where the image comes from elsewhere, with lists that nobody here knows. */
  readonly lists: DomainLists | undefined;
  /** The client on which the check runs. */
  readonly client: Pick<ClientSettings, "cidr">;
  /** The fleet's output `nat_public_ips`. */
  readonly egressAddresses: readonly string[];
}

/**
 * The site of a deployed fleet: AWS's own, because every fleet with test instances must let
 * `.amazonaws.com` pass anyway, for Session Manager and for the command that runs the check.
 */
const DEPLOYED_SITE = "checkip.amazonaws.com";

/**
 * Names that exist, for the refusal of a domain: the proxy refuses a name without an address too,
 * which would show nothing about the lists. Source: RFC 2606, section 3.
 */
const EXISTING_SITES = ["example.com", "example.net", "example.org"];

/** The name of a rehearsal's web site, where no domain list asks for another. */
export const REHEARSAL_SITE = "site.test";

/** Names for a rehearsal, whose Internet has those that it is told to have. */
const REHEARSAL_SITES = [REHEARSAL_SITE, "site.example"];
const REHEARSAL_REFUSED_SITES = ["denied.test", "denied.example"];

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

/** Why it stays open whether it is for their addresses that internal targets are refused. */
const NO_INTERNAL_SITES =
  "the list of allowed domains refuses addresses, too, and no name on it is known to have an internal one";

/** The check of a deployed fleet, on one of its test instances. */
export function deployedCheck(props: DeployedCheckProps): CheckEnvironment {
  const { settings, lists, client, egressAddresses } = props;
  const { domainFilter, httpPorts, privateCidrs } = settings.proxy;
  const siteSkip =
    lists && domainFilter === "enforce" && isRefused(DEPLOYED_SITE, lists)
      ? `the domain lists refuse ${DEPLOYED_SITE}`
      : undefined;
  const denied = lists?.denied ?? [];
  const candidates = [
    ...EXISTING_SITES.filter((name) => isListed(denied, name)),
    ...denied.map(withoutDot),
    ...EXISTING_SITES,
  ];
  const isOwnOpen = privateCidrs.some((cidr) => overlaps(cidr, client.cidr));
  return present({
    SITE: DEPLOYED_SITE,
    HTTP_PORT: "80",
    HTTP_SKIP: siteSkip ?? (httpPorts.includes(80) ? undefined : "80 is not in proxy.httpPorts"),
    HTTPS_PORT: "443",
    HTTPS_SKIP: siteSkip,
    ...targetPorts(settings),
    ...deniedSite(domainFilter, lists, candidates),
    PRIVATE_TARGETS: [...closed(privateCidrs), ...(isOwnOpen ? [] : [OWN_ADDRESS])].join(" "),
    INTERNAL_SITES_SKIP: refusesAddresses(domainFilter, lists) ? NO_INTERNAL_SITES : undefined,
    EGRESS_ADDRESSES: egressAddresses.join(" "),
  });
}

/** The check of a rehearsal, whose site listens on every port that is open. */
export function rehearsalCheck(props: RehearsalCheckProps): CheckEnvironment {
  const { settings, lists, egressAddresses } = props;
  const { domainFilter, httpPorts, connectPorts, privateCidrs } = settings.proxy;
  const { site, siteSkip, refusedSite, internalSites } = rehearsalSites(lists);
  const internalNames = Object.entries(internalSites)
    .filter(([, address]) => isClosed(address, privateCidrs))
    .map(([name]) => name);
  const httpPort = httpPorts.find((port) => !connectPorts.includes(port));
  const skip = domainFilter === "enforce" ? siteSkip : undefined;
  return present({
    SITE: site,
    HTTP_PORT: httpPort?.toString(),
    HTTP_SKIP: skip ?? (httpPort === undefined ? "no port is open to plain HTTP alone" : undefined),
    HTTPS_PORT: connectPorts[0]?.toString(),
    HTTPS_SKIP: skip,
    ...targetPorts(settings),
    ...deniedSite(domainFilter, lists, refusedSite === undefined ? [] : [refusedSite]),
    PRIVATE_TARGETS: [...closed(privateCidrs), OWN_ADDRESS].join(" "),
    INTERNAL_SITES: internalNames.join(" "),
    INTERNAL_SITES_SKIP:
      internalNames.length === 0 && refusesAddresses(domainFilter, lists)
        ? NO_INTERNAL_SITES
        : undefined,
    EGRESS_ADDRESSES: egressAddresses.join(" "),
  });
}

/** The names that a rehearsal's Internet must know, whoever has them in the real one. */
export function rehearsalSites(lists: DomainLists): RehearsalSites {
  const { allowed, denied } = lists;
  const candidates = allowed.length === 0 ? REHEARSAL_SITES : allowed.flatMap(names);
  const site = candidates.find((name) => !isRefused(name, lists));
  const internalSites = candidates
    .map((name) => INTERNAL_SITES.map(([label, address]) => [`${label}.${name}`, address] as const))
    .find((sites) => sites.every(([name]) => !isRefused(name, lists)));
  return {
    site: site ?? REHEARSAL_SITE,
    siteSkip:
      site === undefined ? "the domain lists refuse every site that the check knows" : undefined,
    refusedSite: [...denied.flatMap(names), ...REHEARSAL_REFUSED_SITES].find((name) =>
      isRefused(name, lists),
    ),
    internalSites: Object.fromEntries(internalSites ?? []),
  };
}

/** Ports that are open, so that it is not for the port that a target is refused. */
function targetPorts({ proxy }: Pick<Settings, "proxy">) {
  return {
    TARGET_HTTP_PORT: String(proxy.httpPorts[0] ?? ""),
    TARGET_CONNECT_PORT: String(proxy.connectPorts[0]),
  };
}

/** Whether a list refuses addresses, which are no domains, before the proxy looks where they are. */
function refusesAddresses(
  domainFilter: Settings["proxy"]["domainFilter"],
  lists: DomainLists | undefined,
): boolean {
  return domainFilter === "enforce" && lists !== undefined && lists.allowed.length > 0;
}

/** A domain that the proxy must refuse, or why there is none. */
function deniedSite(
  domainFilter: Settings["proxy"]["domainFilter"],
  lists: DomainLists | undefined,
  candidates: readonly string[],
) {
  if (lists === undefined)
    return { DENIED_SITE_SKIP: "image.uri names an image with its own lists" };
  if (domainFilter === "report") return { DENIED_SITE_SKIP: 'proxy.domainFilter is "report"' };
  const site = candidates.find((name) => isRefused(name, lists));
  if (site !== undefined) return { DENIED_SITE: site };
  return lists.allowed.length + lists.denied.length === 0
    ? { DENIED_SITE_SKIP: "the domain lists are empty" }
    : { DENIED_SITE_SKIP: "the domain lists refuse no name that the check knows" };
}

/** Names that an entry of a list includes. */
function names(domain: string): string[] {
  return domain.startsWith(".") ? [`rehearsal${domain}`, withoutDot(domain)] : [domain];
}

function withoutDot(domain: string): string {
  return domain.replace(/^\./, "");
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
