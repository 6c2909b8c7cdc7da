import type { z } from "zod";
import { ec2Id, subnetIds, vpcId } from "./client-vpc";
import { group, integer, oneOf } from "./checks";
import { reject } from "./mistakes";
import { requireSubnets, vpcCidr } from "./networks";

const DEFAULT_CIDR = "10.0.0.0/16";
const DEFAULT_AZS = 2;
const DEFAULT_NAT_GATEWAYS = "one-per-az";

const written = group({
  cidr: vpcCidr.optional().meta({
    description:
      "The service VPC's network, a private one of /16 to /24, with room for two subnets of /24 in each zone. " +
      "To change it, destroy the fleet first",
    byDefault: `\`"${DEFAULT_CIDR}"\``,
  }),
  azs: integer(1, 6)
    .optional()
    .meta({
      description:
        "How many availability zones it has. To change it, destroy the fleet first: the private subnets would " +
        "be renumbered",
      byDefault: `\`${DEFAULT_AZS}\``,
    }),
  natGateways: oneOf("one-per-az", "single")
    .optional()
    .meta({
      description: '`"one-per-az"`, or `"single"`: half the price, and one zone\'s reliability',
      byDefault: `\`"${DEFAULT_NAT_GATEWAYS}"\``,
    }),
  id: vpcId
    .optional()
    .describe(
      "Instead, the id of [a VPC that is there already](connect-a-vpc.md#the-service-in-a-vpc-that-you-have). " +
        "To change it, destroy the fleet first",
    ),
  privateSubnetIds: subnetIds.optional().meta({
    description:
      "Its subnets for the proxies, one in each zone, each with a way out. Some may be added; to take one out, destroy the fleet first",
    byDefault: "required with `id`",
  }),
  s3EndpointId: ec2Id("vpce", "the id of a gateway endpoint such as vpce-0123456789abcdef0")
    .optional()
    .meta({
      description: "Its gateway endpoint for S3, by which alone the rules can be read",
      byDefault: "required with `id`",
    }),
});

const OF_A_NEW_VPC = ["cidr", "azs", "natGateways"] as const;
const OF_AN_EXISTING_VPC = ["id", "privateSubnetIds", "s3EndpointId"] as const;

export const vpc = written
  .superRefine((input, context) => {
    const isGiven = (key: keyof typeof input) => input[key] !== undefined;
    if (!OF_AN_EXISTING_VPC.some(isGiven)) {
      const { cidr = DEFAULT_CIDR, azs = DEFAULT_AZS } = input;
      requireSubnets(context, cidr, azs, 2 * azs);
      return;
    }
    if (OF_A_NEW_VPC.some(isGiven)) {
      const allowed =
        `either ${OF_AN_EXISTING_VPC.join(", ")}, for a VPC that is there already, ` +
        `or ${OF_A_NEW_VPC.join(", ")}, for one to be made`;
      reject(context, [], input, allowed);
      if (!isGiven("id")) return;
    }
    for (const key of OF_AN_EXISTING_VPC) {
      if (isGiven(key)) continue;
      reject(context, [key], undefined, MISSING[key]);
    }
  })
  .transform(ofOneKind)
  .describe("The service VPC, in which the proxies run");

/** What is missing of a VPC that is there already. */
const MISSING = {
  id: "with privateSubnetIds and s3EndpointId, the id of their VPC",
  privateSubnetIds: "with id, a list of its private subnets, one in each zone",
  s3EndpointId: "with id, the id of its gateway endpoint for S3",
};

interface NewServiceVpc {
  readonly cidr: string;
  readonly azs: number;
  readonly natGateways: "one-per-az" | "single";
}

interface ExistingServiceVpc {
  readonly vpcId: string;
  readonly privateSubnetIds: readonly string[];
  readonly s3EndpointId: string;
}

/** What is written of the VPC as one of the two kinds, with the defaults of its kind. */
function ofOneKind(input: z.output<typeof written>): NewServiceVpc | ExistingServiceVpc {
  const { id, privateSubnetIds = [], s3EndpointId = "" } = input;
  if (id !== undefined) return { vpcId: id, privateSubnetIds, s3EndpointId };
  const { cidr = DEFAULT_CIDR, azs = DEFAULT_AZS, natGateways = DEFAULT_NAT_GATEWAYS } = input;
  return { cidr, azs, natGateways };
}
