import { group, integer, oneOf } from "./checks";
import { requireSubnets, vpcCidr } from "./networks";

export const vpc = group({
  cidr: vpcCidr
    .default("10.0.0.0/16")
    .describe(
      "The service VPC's network, a private one of /16 to /24, with room for two subnets of /24 in each zone. " +
        "To change it, destroy the fleet first",
    ),
  azs: integer(1, 6)
    .default(2)
    .describe(
      "How many availability zones it has. To change it, destroy the fleet first: the private subnets would " +
        "be renumbered",
    ),
  natGateways: oneOf("one-per-az", "single")
    .default("one-per-az")
    .describe('`"one-per-az"`, or `"single"`: half the price, and one zone\'s reliability'),
})
  .superRefine(({ cidr, azs }, context) => {
    requireSubnets(context, cidr, azs, 2 * azs);
  })
  .describe("The service VPC, in which the proxies run");
