import { z } from "zod";
import { isCidr, isPrivate, overlaps, prefixLength, subnetCapacity } from "../../common/cidr";
import { reject } from "./mistakes";

const INSIDE_PRIVATE =
  "a network inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10: addresses of the Internet";

/** An IPv4 network. The errors are for what is no text, and for what is no network. */
const network = (noText: string, error: string) =>
  z
    .string({ error: noText })
    .refine(isCidr, { error, abort: true })
    .meta({ pattern: z.regexes.cidrv4.source, errorMessage: `Allowed: ${error}.` });

/** The network of a VPC, which this project cuts into subnets of /24. */
export const vpcCidr = network(
  "an IPv4 network such as 10.0.0.0/16",
  "an IPv4 network such as 10.0.0.0/16, with no host bits set",
)
  .refine((cidr) => prefixLength(cidr) >= 16 && prefixLength(cidr) <= 24, {
    error: "a prefix from /16 (AWS's largest VPC) to /24 (one subnet of this project)",
  })
  .refine(isPrivate, {
    error: `${INSIDE_PRIVATE} would be out of reach, and the proxy would not know them for internal ones`,
  });

/** A network that the proxy reaches only if it is told to. */
export const privateCidr = network(
  "IPv4 networks such as 10.9.0.0/16",
  "an IPv4 network with no host bits set",
).refine(isPrivate, {
  error: `${INSIDE_PRIVATE} need no permission, and those of the host and its metadata never get one`,
});

/** A network that clients come from. */
export const ingressCidr = network("IPv4 networks", "an IPv4 network with no host bits set").refine(
  (cidr) => prefixLength(cidr) >= 8,
  {
    error: "a network of /8 or smaller: the proxy is never open to everyone",
  },
);

/** Rejects each network of a list that overlaps an earlier one. */
export function requireDisjoint(
  context: z.core.$RefinementCtx,
  setting: string,
  cidrs: readonly string[],
): void {
  cidrs.forEach((cidr, index) => {
    const earlier = cidrs.slice(0, index).find((other) => overlaps(other, cidr));
    if (earlier !== undefined && earlier !== cidr) {
      reject(context, [setting], cidr, `networks that do not overlap; ${earlier} does`);
    }
  });
}

/** Rejects the network of a VPC that has no room for the subnets of its zones. */
export function requireSubnets(
  context: z.core.$RefinementCtx,
  cidr: string,
  azs: number,
  subnets: number,
): void {
  const capacity = subnetCapacity(cidr);
  if (subnets > capacity) {
    const room = `a network with room for the ${subnets} /24 subnets of ${azs} availability zones, this one holds ${capacity}`;
    reject(context, ["cidr"], cidr, room);
  }
}
