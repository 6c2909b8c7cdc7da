import { Address4 } from "ip-address";
import { PRIVATE_NETWORKS } from "./guarded-networks";

/** A subnet of this project is always a /24: 251 usable addresses, and readable at a glance. */
const SUBNET_PREFIX = 24;
const SUBNET_SIZE = 2 ** (32 - SUBNET_PREFIX);

/** Whether the text is an IPv4 network in canonical form: a prefix length, no host bits set. */
export function isCidr(text: string): boolean {
  if (!/^[\d.]+\/\d{1,2}$/.test(text) || !Address4.isValid(text)) return false;
  const network = new Address4(text);
  return text === `${network.startAddress().correctForm()}/${network.subnetMask}`;
}

/** The prefix length of a canonical CIDR. */
export function prefixLength(cidr: string): number {
  return new Address4(cidr).subnetMask;
}

/** Whether all of `inner` lies inside `outer`. */
export function contains(outer: string, inner: string): boolean {
  return new Address4(inner).isInSubnet(new Address4(outer));
}

/** Whether the two networks share an address. */
export function overlaps(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

/** Whether all of the network is private address space (RFC 1918) or shared (RFC 6598). */
export function isPrivate(cidr: string): boolean {
  return PRIVATE_NETWORKS.some((range) => contains(range, cidr));
}

/** How many subnets {@link subnetCidrs} can cut from the network. */
export function subnetCapacity(cidr: string): number {
  return Math.floor(2 ** (SUBNET_PREFIX - prefixLength(cidr)));
}

/**
 * The first `count` /24 networks of a VPC's CIDR, in address order.
 *
 * @throws RangeError when the CIDR has no room for that many.
 */
export function subnetCidrs(cidr: string, count: number): string[] {
  const capacity = subnetCapacity(cidr);
  if (count > capacity) {
    throw new RangeError(`${cidr} holds ${capacity} /24 subnets, ${count} are asked for`);
  }
  const first = new Address4(cidr).bigInt();
  return Array.from({ length: count }, (_, index) => {
    const address = Address4.fromBigInt(first + BigInt(index * SUBNET_SIZE));
    return `${address.correctForm()}/${SUBNET_PREFIX}`;
  });
}
