import { contains, overlaps } from "../network/cidr";
import { readDomainList } from "../proxy/domain-list";
import type { ClientSettings, Settings } from "../settings";
import { UserError } from "../user-error";

/** The variables of client/check.sh; its header says what they mean. */
export type CheckEnvironment = Readonly<Record<string, string>>;

/** The domains that are allowed and denied; without allowed ones, all are that are not denied. */
export interface DomainLists {
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

/** Names that a rehearsal's Internet has to know. */
export interface RehearsalSites {
  readonly site: string;
  /** Why clients may not reach the site after all. */
  readonly siteSkip: string | undefined;
  /** A site that the domain lists refuse. */
  readonly refusedSite: string | undefined;
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
 * Names that exist, for the refusal of what is not allowed: the proxy refuses a name without an
 * address too, which would show nothing about the list. Source: RFC 2606, section 3.
 */
const EXISTING_SITES = ["example.com", "example.net", "example.org"];

/** The same for a rehearsal, whose Internet has the names that it is told to have. */
const REHEARSAL_SITES = ["site.test", "site.example"] as const;
const REHEARSAL_REFUSED_SITES = ["denied.test", "denied.example"];

/** The first and last host of each private range (RFC 1918, RFC 6598). */
const PRIVATE_ADDRESSES = [
  ["10.0.0.1", "10.255.255.254"],
  ["100.64.0.1", "100.127.255.254"],
  ["172.16.0.1", "172.31.255.254"],
  ["192.168.0.1", "192.168.255.254"],
].flat();

/** What client/check.sh takes for the address of the client that runs it. */
const OWN_ADDRESS = "own";

/**
 * The lists that an image built here has.
 *
 * @param root the checkout.
 * @throws UserError with every mistake in a list.
 */
export function readDomainLists(root: string): DomainLists {
  const [allowed, denied] = ["squid/allowed-domains.txt", "squid/denied-domains.txt"].map(
    (file) => {
      const list = readDomainList(root, file);
      if ("mistakes" in list) throw new UserError(list.mistakes.join("\n"));
      return list.domains;
    },
  ) as [string[], string[]];
  return { allowed, denied };
}

/** The check of a deployed fleet, on one of its test instances. */
export function deployedCheck(props: DeployedCheckProps): CheckEnvironment {
  const { settings, lists, client, egressAddresses } = props;
  const { domainFilter, httpPorts, connectPorts, privateCidrs } = settings.proxy;
  const siteSkip =
    lists && domainFilter === "enforce" && isRefused(DEPLOYED_SITE, lists)
      ? `the domain lists refuse ${DEPLOYED_SITE}`
      : undefined;
  const candidates = [...(lists?.denied ?? []).map(withoutDot), ...EXISTING_SITES];
  const isOwnOpen = privateCidrs.some((cidr) => overlaps(cidr, client.cidr));
  return present({
    SITE: DEPLOYED_SITE,
    HTTP_PORT: "80",
    HTTP_SKIP: siteSkip ?? (httpPorts.includes(80) ? undefined : "80 is not in proxy.httpPorts"),
    HTTPS_PORT: "443",
    HTTPS_SKIP:
      siteSkip ?? (connectPorts.includes(443) ? undefined : "443 is not in proxy.connectPorts"),
    ...deniedSite(domainFilter, lists, candidates),
    PRIVATE_TARGETS: [...closed(privateCidrs), ...(isOwnOpen ? [] : [OWN_ADDRESS])].join(" "),
    EGRESS_ADDRESSES: egressAddresses.join(" "),
    SNI_CHECK: settings.proxy.sniCheck,
  });
}

/** The check of a rehearsal, whose site listens on every port that is open. */
export function rehearsalCheck(props: RehearsalCheckProps): CheckEnvironment {
  const { settings, lists, egressAddresses } = props;
  const { domainFilter, httpPorts, connectPorts, privateCidrs } = settings.proxy;
  const { site, siteSkip, refusedSite } = rehearsalSites(lists);
  const httpPort = httpPorts.find((port) => !connectPorts.includes(port));
  const skip = domainFilter === "enforce" ? siteSkip : undefined;
  return present({
    SITE: site,
    HTTP_PORT: httpPort?.toString(),
    HTTP_SKIP: skip ?? (httpPort === undefined ? "no port is open to plain HTTP alone" : undefined),
    HTTPS_PORT: connectPorts[0]?.toString(),
    HTTPS_SKIP: skip,
    ...deniedSite(domainFilter, lists, refusedSite === undefined ? [] : [refusedSite]),
    PRIVATE_TARGETS: [...closed(privateCidrs), OWN_ADDRESS].join(" "),
    EGRESS_ADDRESSES: egressAddresses.join(" "),
    SNI_CHECK: settings.proxy.sniCheck,
  });
}

/** The names that a rehearsal's Internet must know, whoever has them in the real one. */
export function rehearsalSites(lists: DomainLists): RehearsalSites {
  const { allowed, denied } = lists;
  const candidates = allowed.length === 0 ? REHEARSAL_SITES : allowed.flatMap(names);
  const site = candidates.find((name) => !isRefused(name, lists));
  return {
    site: site ?? REHEARSAL_SITES[0],
    siteSkip:
      site === undefined ? "the domain lists refuse every site that the check knows" : undefined,
    refusedSite: [...denied.flatMap(names), ...REHEARSAL_REFUSED_SITES].find((name) =>
      isRefused(name, lists),
    ),
  };
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

function isRefused(name: string, { allowed, denied }: DomainLists): boolean {
  return includes(denied, name) || (allowed.length > 0 && !includes(allowed, name));
}

/** As Squid's `dstdomain` matches. */
function includes(list: readonly string[], name: string): boolean {
  return list.some((domain) =>
    domain.startsWith(".") ? `.${name}`.endsWith(domain) : name === domain,
  );
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
  return PRIVATE_ADDRESSES.filter(
    (address) => !privateCidrs.some((cidr) => contains(cidr, `${address}/32`)),
  );
}

function present(variables: Readonly<Record<string, string | undefined>>): CheckEnvironment {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
