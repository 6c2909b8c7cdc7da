import fc from "fast-check";
import {
  isWithin,
  networkOf,
  networkText,
  numericHost,
  parseNetwork,
} from "../../src/common/addresses";

/** What is read, in CIDR notation. */
const read = (host: string) => {
  const address = numericHost(host);
  return address && networkText(networkOf(address, address.bits));
};

// Each was asked of glibc 2.41: getaddrinfo with AI_NUMERICHOST.
test.each([
  ["1.2.3.4", "1.2.3.4/32"],
  ["1.2.772", "1.2.3.4/32"],
  ["1.131844", "1.2.3.4/32"],
  ["16909060", "1.2.3.4/32"],
  ["0x7f.1", "127.0.0.1/32"],
  ["0x7f000001", "127.0.0.1/32"],
  ["010.0.0.1", "8.0.0.1/32"],
  ["0", "0.0.0.0/32"],
  ["00.0x0.0", "0.0.0.0/32"],
  ["4294967295", "255.255.255.255/32"],
  ["2606:4700::1111", "2606:4700::1111/128"],
  ["::ffff:1.2.3.4", "1.2.3.4/32"],
  ["::ffff:102:304", "1.2.3.4/32"],
  ["fe80::1%2", "fe80::1/128"],
])("%s is the address %s", (host, address) => {
  expect(read(host)).toBe(address);
});

test.each([
  ...["", ".", "a", "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "1.2.65536", "1.16777216", "4294967296"],
  ...["08.1.1.1", "0x.1", "0x", "0xg", "1..2", ".1.2.3", "1.2.3.a", "1 ", "-1", "+1", "1e3", "0b1"],
  ...["::g", "1::2::3", ":::", "fe80::1%", "::ffff:01.2.3.4", "face", "fade.ab", "1.2.3.4/32"],
])("%j is a name", (host) => {
  expect(read(host)).toBeUndefined();
});

test("a network has its own text, and all that is in it", () => {
  const bits = fc.constantFrom(32 as const, 128 as const);
  const network = bits.chain((bits) =>
    fc
      .tuple(fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }), fc.nat(bits))
      .map(([value, prefix]) => networkOf({ bits, value }, prefix)),
  );
  fc.assert(
    fc.property(network, fc.nat(128), (inner, length) => {
      const text = networkText(inner);
      expect(parseNetwork(text)).toEqual(inner);
      const outer = networkOf(inner, Math.min(length, inner.bits));
      expect(isWithin(outer, inner)).toBe(outer.prefix <= inner.prefix);
    }),
  );
});
