import { group, integer, oneOf } from "./checks";
import { requireSubnets, vpcCidr } from "./networks";

export const vpc = group({
  cidr: vpcCidr.default("10.0.0.0/16"),
  azs: integer(1, 6).default(2),
  natGateways: oneOf("one-per-az", "single").default("one-per-az"),
}).superRefine(({ cidr, azs }, context) => {
  requireSubnets(context, cidr, azs, 2 * azs);
});
