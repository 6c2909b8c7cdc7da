import fc from "fast-check";
import {
  contains,
  isCidr,
  isPrivate,
  overlaps,
  prefixLength,
  subnetCapacity,
  subnetCidrs,
} from "../../src/common/cidr";

/** Canonical CIDRs of every prefix length in the range. */
const cidrs = (from: number, to: number) =>
  fc.tuple(fc.integer({ min: from, max: to }), fc.nat(0xff_ff_ff_ff)).map(([prefix, number]) => {
    const network = number - (number % 2 ** (32 - prefix));
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256);
    return `${octets.join(".")}/${prefix}`;
  });

describe("isCidr", () => {
  test("takes every canonical network", () => {
    fc.assert(fc.property(cidrs(0, 32), isCidr));
  });

  test.each(["10.0.0.0", "10.0.0.1/16", "10.0.0.0/33", "10.0.0/16", "010.0.0.0/16", "::/64", ""])(
    "refuses %j",
    (text) => {
      expect(isCidr(text)).toBe(false);
    },
  );
});

describe("overlaps", () => {
  const numbers = (cidr: string): [number, number] => {
    const [address, prefix] = cidr.split("/");
    const first = address!.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return [first, first + 2 ** (32 - Number(prefix)) - 1];
  };

  test("is true exactly when the two share a number", () => {
    fc.assert(
      fc.property(cidrs(1, 6), cidrs(1, 6), (one, other) => {
        const [[first, last], [otherFirst, otherLast]] = [numbers(one), numbers(other)];
        expect(overlaps(one, other)).toBe(first <= otherLast && otherFirst <= last);
      }),
    );
  });

  test("tells neighbours apart", () => {
    expect(overlaps("10.0.0.0/24", "10.0.1.0/24")).toBe(false);
    expect(overlaps("10.0.0.0/23", "10.0.1.0/24")).toBe(true);
  });
});

test("isPrivate takes a network only if all of it is private", () => {
  expect(["10.0.0.0/8", "172.31.0.0/16", "192.168.4.0/24", "100.64.0.0/16"].every(isPrivate)).toBe(
    true,
  );
  expect(["8.8.8.0/24", "172.0.0.0/8", "192.168.0.0/15"].some(isPrivate)).toBe(false);
});

describe("subnetCidrs", () => {
  const vpcs = cidrs(16, 24).chain((cidr) =>
    fc.tuple(fc.constant(cidr), fc.integer({ min: 0, max: subnetCapacity(cidr) })),
  );

  test("gives as many /24 networks as asked, inside the VPC, none overlapping, the lowest first", () => {
    fc.assert(
      fc.property(vpcs, ([cidr, count]) => {
        const subnets = subnetCidrs(cidr, count);
        expect(subnets).toHaveLength(count);
        expect(new Set(subnets).size).toBe(count);
        for (const subnet of subnets) {
          expect(isCidr(subnet)).toBe(true);
          expect(prefixLength(subnet)).toBe(24);
          expect(contains(cidr, subnet)).toBe(true);
        }
        const first = `${cidr.split("/")[0]}/24`;
        expect(subnets.slice(0, 1)).toEqual(count === 0 ? [] : [first]);
      }),
    );
  });

  test("grows at the end, so that more zones do not move the first subnets", () => {
    fc.assert(
      fc.property(vpcs, ([cidr, count]) => {
        expect(subnetCidrs(cidr, subnetCapacity(cidr)).slice(0, count)).toEqual(
          subnetCidrs(cidr, count),
        );
      }),
    );
  });

  test("names the CIDR and its room when there is not enough", () => {
    expect(() => subnetCidrs("10.0.0.0/23", 3)).toThrow(
      new RangeError("10.0.0.0/23 holds 2 /24 subnets, 3 are asked for"),
    );
    expect(() => subnetCidrs("10.0.0.0/25", 1)).toThrow("holds 0 /24 subnets");
  });
});
