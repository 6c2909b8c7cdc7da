import { MANAGE_ACTIONS, MULTI_REGION } from "../terraform/type-permissions";
import type { FleetInAccount } from "./fleet-arns";
import type { Statement } from "../../fleet/identity/policy-document";

/**
 * What each creating action makes, in the words of EC2's ARNs. By statement: no action of a statement
 * names an existing resource of a type that the statement is about, so that "tagged in the request"
 * can only be what is created, and never the VPC of another project.
 */
const CREATED_TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CreateAlone: {
    "ec2:AllocateAddress": "elastic-ip",
    "ec2:CreateInternetGateway": "internet-gateway",
    "ec2:CreateVpc": "vpc",
    "ec2:CreateVpcEndpointServiceConfiguration": "vpc-endpoint-service",
  },
  CreateInVpc: {
    "ec2:CreateRouteTable": "route-table",
    "ec2:CreateSecurityGroup": "security-group",
    "ec2:CreateSubnet": "subnet",
  },
  CreateInSubnetOrGroup: {
    "ec2:AuthorizeSecurityGroupEgress": "security-group-rule",
    "ec2:AuthorizeSecurityGroupIngress": "security-group-rule",
    "ec2:CreateNatGateway": "natgateway",
    "ec2:CreateVpcEndpoint": "vpc-endpoint",
    "ec2:RunInstances": "instance",
  },
};

/** The creating actions that name nothing that exists: no tag of theirs can be asked for. */
const CREATING_ALONE = Object.keys(CREATED_TYPES["CreateAlone"]!);

/** What Terraform also does to things without a tag; see {@link manageEc2}. */
const ON_UNTAGGED = [
  "ec2:DisassociateAddress",
  "ec2:DisassociateRouteTable",
  "ec2:RevokeSecurityGroupEgress",
  "ec2:RevokeSecurityGroupIngress",
];

/**
 * Creates, changes and deletes what the fleet has in EC2. AWS numbers these resources, so it is the
 * tag `Project` that tells the fleet's from others: the stack gives it to all of them at creation.
 */
export function manageEc2({ name, accountId }: FleetInAccount): Statement[] {
  const arn = (type: string) => `arn:aws:ec2:*:${accountId}:${type}/*`;
  const typesOf = (created: Readonly<Record<string, string>>) =>
    [...new Set(Object.values(created))].map(arn);
  const groups = Object.values(CREATED_TYPES);
  const createsTagged = { "aws:RequestTag/Project": name };
  const isOurs = { "aws:ResourceTag/Project": name };
  return [
    ...Object.entries(CREATED_TYPES).map(([Sid, created]): Statement => ({
      Sid,
      Effect: "Allow",
      Action: Object.keys(created),
      Resource: typesOf(created),
      Condition: { StringEquals: createsTagged },
    })),
    {
      Sid: "TagAtCreation",
      Effect: "Allow",
      Action: ["ec2:CreateTags"],
      Resource: [...groups.flatMap(typesOf), arn("volume")],
      Condition: {
        StringEquals: {
          ...createsTagged,
          "ec2:CreateAction": groups
            .flatMap((created) => Object.keys(created))
            .map((action) => action.replace("ec2:", "")),
        },
      },
    },
    {
      // Creating actions are here for what they name besides: the VPC of a subnet, say.
      Sid: "UseAndChangeOwn",
      Effect: "Allow",
      Action: MANAGE_ACTIONS.filter(
        (action) =>
          isAboutOne(action) && !CREATING_ALONE.includes(action) && !ON_UNTAGGED.includes(action),
      ),
      Resource: "*",
      Condition: { StringEquals: isOurs },
    },
    {
      // With it the actions above may name other regions. It has no conditions, and is of no use alone.
      Sid: "OpenServiceToRegions",
      Effect: "Allow",
      Action: [MULTI_REGION],
      Resource: arn("vpc-endpoint-service"),
    },
    {
      // The image is Amazon's; the disk and the network interface are made with the instance. AWS
      // documents no condition that tells such an interface from one that exists.
      Sid: "LaunchFromAnyImage",
      Effect: "Allow",
      Action: ["ec2:RunInstances"],
      Resource: ["arn:aws:ec2:*::image/*", arn("network-interface"), arn("volume")],
    },
    {
      // A VPC's default security group is born without tags, and Terraform empties it before it
      // tags it; an association has none at all, and may be gone when it is asked to go. So these
      // reach what has no tag Project, but nothing that has another one.
      Sid: "EmptyOrDetachUntagged",
      Effect: "Allow",
      Action: ON_UNTAGGED,
      Resource: "*",
      Condition: { StringEqualsIfExists: isOurs },
    },
    {
      // That security group again.
      Sid: "TagUntagged",
      Effect: "Allow",
      Action: ["ec2:CreateTags"],
      Resource: arn("security-group"),
      Condition: { StringEquals: createsTagged, Null: { "aws:ResourceTag/Project": "true" } },
    },
  ];
}

/** A VPC that the fleet did not make, with its subnets for the fleet. */
export interface ExistingVpcIds {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
}

/**
 * Puts into VPCs without the fleet's tag what the fleet puts there; what is made has the tag, by
 * {@link manageEc2}.
 */
export function useExisting(accountId: string, vpcs: readonly ExistingVpcIds[]): Statement[] {
  if (vpcs.length === 0) return [];
  const ids = vpcs.flatMap(({ vpcId, subnetIds }) => [
    `vpc/${vpcId}`,
    ...subnetIds.map((subnetId) => `subnet/${subnetId}`),
  ]);
  return [
    {
      Sid: "UseExistingVpcs",
      Effect: "Allow",
      Action: ["ec2:CreateSecurityGroup", "ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"],
      Resource: [...new Set(ids)].map((id) => `arn:aws:ec2:*:${accountId}:${id}`),
    },
  ];
}

/** Whether it is an action of EC2 that is about one thing, which almost always changes it. */
function isAboutOne(action: string): boolean {
  return /^ec2:(?!Describe)/.test(action);
}
