import { isWithin, parseNetwork, type Network } from "./addresses";

/** What no client reaches, whatever the settings say: `acl internal` of squid/squid.conf. */
export const INTERNAL_NETWORKS: readonly string[] = [
  ...["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24"],
  ...["192.88.99.0/24", "198.18.0.0/15", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  ...["::/96", "100::/64", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"],
  ...["::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"],
];

/** What clients reach where `proxy.privateCidrs` opens it: RFC 1918 and RFC 6598. */
export const PRIVATE_NETWORKS: readonly string[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
];

/**
 * The network of those above that has all of an address or network, so that the proxy refuses it
 * whatever is allowed.
 *
 * @param opened the private networks that are open, in CIDR notation.
 */
export function guardedNetwork(network: Network, opened: readonly string[]): string | undefined {
  const has = (cidr: string) => isWithin(parseNetwork(cidr)!, network);
  return opened.some(has) ? undefined : [...INTERNAL_NETWORKS, ...PRIVATE_NETWORKS].find(has);
}
