import type { z } from "zod";
import type { ExistingClientVpc, NewVpc } from "../../fleet/client/client";
import { integer, set, text } from "./checks";
import { reject } from "./mistakes";
import { ingressCidr, requireSubnets, vpcCidr } from "./networks";

const DEFAULT_CIDR = "172.16.0.0/16";
const DEFAULT_AZS = 1;
const DEFAULT_INSTANCE_TYPE = "t4g.small";

/** An id of a part of EC2's, of the old or of the new length. */
export const ec2Id = (prefix: string, error: string) =>
  text(new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`), error);

export const vpcId = ec2Id("vpc", "the id of a VPC such as vpc-0123456789abcdef0");

export const subnetIds = set(
  ec2Id("subnet", "ids of subnets such as subnet-0123456789abcdef0"),
  "a list of ids of subnets, one in each zone",
).refine((ids) => ids.length > 0, { error: "at least one subnet" });

/** What says which VPC a client is in: one to be made, or one that is there. */
export const clientVpc = {
  cidr: vpcCidr.optional().meta({
    description:
      "The network of a VPC to be made, a private one of /16 to /24, with room for a subnet of /24 in each zone",
    byDefault: `\`"${DEFAULT_CIDR}"\``,
  }),
  azs: integer(1, 6)
    .optional()
    .meta({
      description: "Its availability zones, a private subnet in each",
      byDefault: `\`${DEFAULT_AZS}\``,
    }),
  instanceType: text(
    /^(none|a1\.[a-z0-9]+|[a-z]+\d+g[a-z]*\.[a-z0-9]+)$/,
    'a Graviton (arm64) instance type such as "t4g.small", or "none" for a VPC without a test instance',
  )
    .optional()
    .meta({
      description:
        'Its test instance, a Graviton type; `"none"` for none, as in every VPC that is there already',
      byDefault: `\`"${DEFAULT_INSTANCE_TYPE}"\``,
    }),
  vpcId: vpcId
    .optional()
    .describe("Instead, the id of [a VPC that is there already](connect-a-vpc.md)"),
  subnetIds: subnetIds.optional().meta({
    description: "Its subnets for the endpoint, one in each zone, in zones where the service is",
    byDefault: "required with `vpcId`",
  }),
  allowedCidrs: set(ingressCidr, "a list of IPv4 networks")
    .refine((cidrs) => cidrs.length > 0, { error: "at least one network" })
    .optional()
    .meta({
      description: "The networks that may use its endpoint, /8 or smaller",
      byDefault: "all of the VPC",
    }),
  allowedSecurityGroupIds: set(
    ec2Id("sg", "ids of security groups such as sg-0123456789abcdef0"),
    "a list of ids of security groups",
  )
    .refine((ids) => ids.length > 0, { error: "at least one security group" })
    .optional()
    .describe("Instead of networks, the security groups whose members may use its endpoint"),
};

type ClientVpcInput = z.output<z.ZodObject<typeof clientVpc>>;

const OF_A_NEW_VPC = ["cidr", "azs"] as const;
const OF_AN_EXISTING_VPC = ["subnetIds", "allowedCidrs", "allowedSecurityGroupIds"] as const;

/** Rejects what does not belong to the one kind of VPC or the other. */
export function requireOneKind(input: ClientVpcInput, context: z.core.$RefinementCtx): void {
  if (input.vpcId === undefined) {
    for (const key of OF_AN_EXISTING_VPC) {
      if (input[key] === undefined) continue;
      reject(context, [key], input[key], "only with vpcId, for a VPC that is there already");
    }
    const { cidr = DEFAULT_CIDR, azs = DEFAULT_AZS } = input;
    requireSubnets(context, cidr, azs, azs);
    return;
  }
  for (const key of OF_A_NEW_VPC) {
    if (input[key] === undefined) continue;
    reject(context, [key], input[key], "only without vpcId: a VPC that is there already has them");
  }
  const { instanceType = "none" } = input;
  if (instanceType !== "none") {
    const allowed =
      '"none" with vpcId: nothing is put into a VPC that is there but the endpoint and its name';
    reject(context, ["instanceType"], instanceType, allowed);
  }
  if (input.subnetIds === undefined) {
    reject(
      context,
      ["subnetIds"],
      undefined,
      "with vpcId, a list of its subnets, one in each zone",
    );
  }
  if (input.allowedCidrs !== undefined && input.allowedSecurityGroupIds !== undefined) {
    const allowed = "either allowedCidrs or allowedSecurityGroupIds";
    reject(context, ["allowedSecurityGroupIds"], input.allowedSecurityGroupIds, allowed);
  }
}

/** A VPC to be made, or one that is there. */
type SomeVpc = { readonly azs: number } | { readonly vpcId: string };

/** Rejects several regions where a VPC is named by its id. */
export function requireOneRegion(
  written: readonly string[] | undefined,
  regions: readonly string[],
  vpcs: readonly SomeVpc[],
  context: z.core.$RefinementCtx,
): void {
  const named = vpcs.flatMap((vpc) => ("vpcId" in vpc ? [vpc.vpcId] : []));
  if (regions.length === 1 || named.length === 0) return;
  reject(context, ["regions"], written, `one region alone: that of ${named.join(", ")}`);
}

/** Rejects VPCs to be made with more zones than there are to choose from, as many as a setting has. */
export function requireZones(
  count: number,
  setting: string,
  clients: readonly { readonly vpc: SomeVpc }[],
  context: z.core.$RefinementCtx,
): void {
  clients.forEach(({ vpc }, index) => {
    if (!("azs" in vpc) || vpc.azs <= count) return;
    const allowed = `at most ${count}, as many as ${setting} has`;
    reject(context, ["clients", index, "azs"], vpc.azs, allowed);
  });
}

interface ClientVpcSettings {
  readonly vpc: Omit<NewVpc, "availabilityZones"> | ExistingClientVpc;
  readonly instanceType: string;
}

/** What is written of the VPC as one of the two kinds, with the defaults of its kind. */
export function ofOneKind(input: ClientVpcInput): ClientVpcSettings {
  const { vpcId, subnetIds = [], allowedCidrs, allowedSecurityGroupIds } = input;
  if (vpcId === undefined) {
    const { cidr = DEFAULT_CIDR, azs = DEFAULT_AZS, instanceType = DEFAULT_INSTANCE_TYPE } = input;
    return { vpc: { cidr, azs }, instanceType };
  }
  const allowed =
    allowedCidrs?.map((cidr) => ({ cidr })) ??
    allowedSecurityGroupIds?.map((securityGroupId) => ({ securityGroupId }));
  return { vpc: { vpcId, subnetIds, allowed }, instanceType: "none" };
}
