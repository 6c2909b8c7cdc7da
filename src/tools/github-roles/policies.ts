import { isMonitoring, manageMonitoring, readMonitoring } from "./monitoring-access";
import { isDns, manageDns, readDns } from "./dns-access";
import { isFirewall, manageFirewalls, readFirewalls } from "./firewall-access";
import { manageEc2, useExisting, type ExistingVpcIds } from "./ec2-access";
import { fleetArns, type FleetArnsProps, type FleetInAccount } from "./fleet-arns";
import { isIam, manageIam } from "./iam-access";
import { MANAGE_ACTIONS, READ_ACTIONS } from "../terraform/type-permissions";
import {
  policyDocument,
  type PolicyDocument,
  type Statement,
} from "../../fleet/identity/policy-document";
import { isScaling, manageScaling } from "./scaling-access";
import { readState, STATE_ACTIONS, writeState, type StateAccessProps } from "./state-access";

export type PolicyProps = FleetArnsProps & StateAccessProps;

/** What the fleet uses that does not carry its name or its tag. */
export interface AdoptedProps {
  /** The proxy's DNS names. */
  readonly dnsNames: readonly string[];
  /** VPCs that the fleet did not make, and its subnets in them. */
  readonly existingVpcs: readonly ExistingVpcIds[];
}

export interface IdentityPolicyProps extends FleetArnsProps {
  /** The ARN of the policy that bounds the fleet's roles. */
  readonly permissionsBoundary: string;
}

/**
 * The actions that AWS grants for all of an account's resources or for none, besides most of EC2's
 * descriptions.
 */
const ACCOUNT_WIDE = [
  "application-autoscaling:DescribeScalableTargets",
  "application-autoscaling:DescribeScalingPolicies",
  "ecr:GetAuthorizationToken",
  "ecs:DeregisterTaskDefinition",
  "ecs:DescribeTaskDefinition",
  "elasticloadbalancing:DescribeCapacityReservation",
  "elasticloadbalancing:DescribeListenerAttributes",
  "elasticloadbalancing:DescribeListeners",
  "elasticloadbalancing:DescribeLoadBalancerAttributes",
  "elasticloadbalancing:DescribeLoadBalancers",
  "elasticloadbalancing:DescribeTags",
  "elasticloadbalancing:DescribeTargetGroupAttributes",
  "elasticloadbalancing:DescribeTargetGroups",
  "logs:DescribeLogGroups",
];

/** EC2's descriptions of one thing, which AWS grants by its tag. */
const DESCRIBED_BY_TAG = [
  "ec2:DescribeInstanceAttribute",
  "ec2:DescribeVpcAttribute",
  "ec2:DescribeVpcEndpointServicePermissions",
];

/** The parameters of Systems Manager in which AWS publishes the ids of its current images. */
const IMAGE_PARAMETERS = "arn:aws:ssm:*::parameter/aws/service/ami-amazon-linux-latest/*";

/** What planning and deploying need of the state; but for the locks, it writes nothing. */
export function statePolicy(props: StateAccessProps): PolicyDocument {
  return policyDocument(readState(props));
}

/** What planning needs besides {@link statePolicy}, and deploying as well: reading the fleet. */
export function planPolicy(props: PolicyProps): PolicyDocument {
  const arns = fleetArns(props);
  return policyDocument([
    {
      Sid: "ReadWholeAccount",
      Effect: "Allow",
      Action: READ_ACTIONS.filter(isAccountWide),
      Resource: "*",
    },
    {
      // An instance's attributes include its user data, in which others may keep secrets.
      Sid: "ReadByTag",
      Effect: "Allow",
      Action: READ_ACTIONS.filter((action) => DESCRIBED_BY_TAG.includes(action)),
      Resource: "*",
      Condition: { StringEquals: { "aws:ResourceTag/Project": props.name } },
    },
    {
      Sid: "ReadByName",
      Effect: "Allow",
      Action: READ_ACTIONS.filter(isByName),
      Resource: [
        ...arns.named,
        ...arns.executionRoles,
        ...arns.taskRoles,
        ...arns.clientRoles,
        ...arns.instanceProfiles,
        arns.scalableTargets,
        IMAGE_PARAMETERS,
      ],
    },
  ]);
}

/** What planning needs besides, for what watches the fleet; {@link planPolicy} has no room for it. */
export function monitoringPolicy(props: FleetArnsProps): PolicyDocument {
  return policyDocument(readMonitoring(fleetArns(props)));
}

/**
 * What planning needs besides, of DNS and of what the fleet uses and does not own; and the bounds of all policies
 * of a role, for which {@link planPolicy} has no room.
 */
export function adoptedPolicy(props: FleetArnsProps & AdoptedProps): PolicyDocument {
  const { accountId, existingVpcs } = props;
  const Resource = existingVpcs.map(({ vpcId }) => `arn:aws:ec2:*:${accountId}:vpc/${vpcId}`);
  const Action = ["ec2:DescribeVpcAttribute"];
  return policyDocument([
    readDns(),
    ...readFirewalls(props),
    ...(Resource.length > 0
      ? [{ Sid: "ReadExistingVpcs", Effect: "Allow" as const, Action, Resource }]
      : []),
    onlyIn(props.regions),
  ]);
}

/** What it takes to see what changed rules would do to the requests in the access log. */
export function logPolicy(props: FleetArnsProps): PolicyDocument {
  return policyDocument([
    {
      Sid: "QueryLog",
      Effect: "Allow",
      Action: ["logs:StartQuery", "logs:GetQueryResults"],
      Resource: fleetArns(props).logGroup,
    },
  ]);
}

/** What deploying and destroying need besides the other policies. */
export function deployPolicy(props: PolicyProps): PolicyDocument {
  const arns = fleetArns(props);
  return policyDocument([
    writeState(props),
    {
      // Revisions of others' task definitions could be retired: AWS grants it for all or none.
      Sid: "ManageWholeAccount",
      Effect: "Allow",
      Action: MANAGE_ACTIONS.filter(isAccountWide),
      Resource: "*",
    },
    {
      Sid: "ManageByName",
      Effect: "Allow",
      Action: MANAGE_ACTIONS.filter(
        (action) => isByName(action) && !isScaling(action) && !isIam(action),
      ),
      Resource: arns.named,
    },
    ...manageMonitoring(arns),
    ...manageScaling(props, arns),
  ]);
}

/** What deploying and destroying need in IAM: the fleet's roles. */
export function identityPolicy(props: IdentityPolicyProps): PolicyDocument {
  return policyDocument(manageIam(fleetArns(props), props.permissionsBoundary));
}

/** What deploying and destroying need in EC2, networks, endpoints and instances, and of the networks' resolvers. */
export function networkPolicy(props: FleetInAccount): PolicyDocument {
  return policyDocument([...manageEc2(props), ...manageFirewalls(props)]);
}

/** What deploying and destroying need of what the fleet uses and does not own. */
export function adoptingPolicy({
  dnsNames,
  existingVpcs,
  accountId,
}: FleetInAccount & AdoptedProps): PolicyDocument {
  return policyDocument([...manageDns(dnsNames), ...useExisting(accountId, existingVpcs)]);
}

/** Whether the action is granted for all of an account's resources. */
function isAccountWide(action: string): boolean {
  if (DESCRIBED_BY_TAG.includes(action)) return false;
  return action.startsWith("ec2:Describe") || ACCOUNT_WIDE.includes(action);
}

/** Whether the action is granted by the names of what it reads or changes. */
function isByName(action: string): boolean {
  const isElsewhere = [isMonitoring, isDns, isFirewall].some((is) => is(action));
  return !/^(ec2|vpce):/.test(action) && !isElsewhere && !ACCOUNT_WIDE.includes(action);
}

/**
 * Denies all other regions, for all policies of a role. IAM and Route 53 have no regions, and the
 * state's bucket is in a region of its own.
 */
function onlyIn(regions: readonly string[]): Statement {
  const global = [...READ_ACTIONS, ...MANAGE_ACTIONS].filter(
    (action) => isIam(action) || isDns(action),
  );
  return {
    Sid: "OnlyTheFleetsRegions",
    Effect: "Deny",
    NotAction: [...new Set([...global, ...STATE_ACTIONS])].sort(),
    Resource: "*",
    Condition: { StringNotEquals: { "aws:RequestedRegion": regions } },
  };
}
