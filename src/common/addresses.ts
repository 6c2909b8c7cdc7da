import { isIPv4, isIPv6 } from "node:net";
import { Address4, Address6 } from "ip-address";

/** An address of the Internet Protocol, as a number. */
export interface Address {
  /** How many bits it has: of IPv4, or of IPv6. */
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** The addresses that begin with the same bits. */
export interface Network extends Address {
  /** How many bits those are; the others are 0 in `value`. */
  readonly prefix: number;
}

/** The IPv6 addresses that are IPv4 addresses in another notation, `::ffff:192.0.2.1`. */
export const MAPPED_NETWORK: Network = { bits: 128, prefix: 96, value: 0xffffn << 32n };

/** Most bits and values of the parts of an IPv4 address, by their number. */
const LAST_PART_BITS = [32n, 24n, 16n, 8n] as const;

/** The address that a text is in the usual notation; one that is mapped into IPv6 is IPv4. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { bits: 32, value: new Address4(text).bigInt() };
  // A zone says by which interface the address is reached, and changes nothing in it.
  if (!isIPv6(text) || /%.*\D/.test(text)) return undefined;
  const value = new Address6(text.replace(/%.*/, "")).bigInt();
  const address = { bits: 128, prefix: 128, value } as const;
  return isWithin(MAPPED_NETWORK, address)
    ? { bits: 32, value: value & 0xffff_ffffn }
    : { bits: 128, value };
}

/**
 * The address that a host is for glibc, and so for Squid: besides the usual notations, IPv4 in one to
 * four parts, each decimal, octal with a leading 0, or hexadecimal with a leading 0x.
 * Source: `getaddrinfo` with AI_NUMERICHOST, `inet_aton`.
 *
 * @param host in lower case, without brackets.
 */
export function numericHost(host: string): Address | undefined {
  if (host.includes(":")) return parseAddress(host);
  // Most hosts are names.
  if (!/^[\da-fx.]+$/.test(host)) return undefined;
  const parts = host.split(".");
  const lastBits = LAST_PART_BITS[parts.length - 1];
  if (lastBits === undefined || !parts.every((part) => PART.test(part))) return undefined;
  const numbers = parts.map((part) => BigInt(part.replace(/^0(?=\d)/, "0o")));
  const last = numbers.pop()!;
  if (last >> lastBits !== 0n || numbers.some((number) => number > 255n)) return undefined;
  const first = numbers.reduce((sum, number) => (sum << 8n) | number, 0n);
  return { bits: 32, value: (first << lastBits) | last };
}

const PART = /^(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/;

/** An address, or a network in CIDR notation, whatever bits it has behind its prefix; of IPv4 or IPv6. */
export function parseNetwork(text: string): Network | undefined {
  const [, host = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(host);
  if (address === undefined) return undefined;
  const { bits } = address;
  const isMapped = bits === 32 && host.includes(":");
  const prefix = length === undefined ? bits : Number(length) - (isMapped ? 96 : 0);
  if (prefix < 0 || prefix > bits) return undefined;
  return networkOf(address, prefix);
}

/** The network of an address. */
export function networkOf({ bits, value }: Address, prefix: number): Network {
  const hostBits = BigInt(bits - prefix);
  return { bits, prefix, value: (value >> hostBits) << hostBits };
}

/** Whether all of a network, or an address, is in another network. */
export function isWithin(outer: Network, inner: Network): boolean {
  return (
    outer.bits === inner.bits &&
    outer.prefix <= inner.prefix &&
    networkOf(inner, outer.prefix).value === outer.value
  );
}

/** CIDR notation, in the one spelling that RFC 5952 has for it. */
export function networkText({ bits, prefix, value }: Network): string {
  const address = bits === 32 ? Address4.fromBigInt(value) : Address6.fromBigInt(value);
  return `${address.correctForm()}/${prefix}`;
}
