import { manageEc2 } from "./ec2-access";
import { fleetArns, type FleetArns, type FleetArnsProps } from "./fleet-arns";
import { CONDITIONAL_IAM_ACTIONS, manageIam } from "./iam-access";
import { MANAGE_ACTIONS, READ_ACTIONS } from "./permissions";
import { policyDocument, type PolicyDocument, type Statement } from "./policy-document";
import { readState, STATE_ACTIONS, writeState } from "./state-access";

export interface PolicyProps extends FleetArnsProps {
  /** The S3 bucket with the state. */
  readonly bucket: string;
  /** The regions that the settings admit. */
  readonly regions: readonly string[];
}

/**
 * The actions that AWS grants for all of an account's resources or for none, besides EC2's
 * descriptions: lists, and a few that know no resource. A list of alarms and one of security groups
 * know some, but services that ask for them in the caller's name do not always name them.
 */
const ACCOUNT_WIDE = [
  "application-autoscaling:DescribeScalableTargets",
  "application-autoscaling:DescribeScalingPolicies",
  "cloudwatch:DescribeAlarms",
  "ec2:GetSecurityGroupsForVpc",
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

/** The parameters of Systems Manager in which AWS publishes the ids of its current images. */
const IMAGE_PARAMETERS = "arn:aws:ssm:*::parameter/aws/service/ami-amazon-linux-latest/*";

/**
 * What planning needs, and deploying as well: reading the fleet and its states. But for the states'
 * locks, it writes nothing.
 */
export function planPolicy(props: PolicyProps): PolicyDocument {
  const arns = fleetArns(props);
  return policyDocument([
    ...readState(props.bucket),
    {
      Sid: "ReadWholeAccount",
      Effect: "Allow",
      Action: READ_ACTIONS.filter(isAccountWide),
      Resource: "*",
    },
    {
      Sid: "ReadByName",
      Effect: "Allow",
      Action: READ_ACTIONS.filter(isByName),
      Resource: [
        ...byName(arns),
        arns.scalableTargets,
        arns.ecsServiceLinkedRole,
        IMAGE_PARAMETERS,
      ],
    },
    onlyIn(props.regions),
  ]);
}

/** What deploying and destroying need besides {@link planPolicy} and {@link networkPolicy}. */
export function deployPolicy(props: Omit<PolicyProps, "regions">): PolicyDocument {
  const arns = fleetArns(props);
  return policyDocument([
    writeState(props.bucket),
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
        (action) =>
          isByName(action) && !isScaling(action) && !CONDITIONAL_IAM_ACTIONS.includes(action),
      ),
      Resource: byName(arns),
    },
    {
      // "IfExists", because a target has no tags before it is registered, and tagging one tells no
      // namespace.
      Sid: "ScaleService",
      Effect: "Allow",
      Action: MANAGE_ACTIONS.filter(isScaling),
      Resource: arns.scalableTargets,
      Condition: {
        StringEqualsIfExists: {
          "application-autoscaling:service-namespace": "ecs",
          "aws:ResourceTag/Project": props.name,
        },
      },
    },
    ...manageIam(arns),
  ]);
}

/** What deploying and destroying need in EC2: networks, endpoints and instances. */
export function networkPolicy(props: FleetArnsProps): PolicyDocument {
  return policyDocument(manageEc2(props));
}

/** Whether the action is granted for all of an account's resources. */
function isAccountWide(action: string): boolean {
  return action.startsWith("ec2:Describe") || ACCOUNT_WIDE.includes(action);
}

/** Whether the action is granted by the names of what it reads or changes. */
function isByName(action: string): boolean {
  return !action.startsWith("ec2:") && !ACCOUNT_WIDE.includes(action);
}

function isScaling(action: string): boolean {
  return action.startsWith("application-autoscaling:");
}

function byName(arns: FleetArns): string[] {
  const { named, executionRole, taskRole, clientRole, instanceProfile } = arns;
  return [...named, executionRole, taskRole, clientRole, instanceProfile];
}

/**
 * Denies all other regions, for all policies of a role. IAM has no regions, and the state's bucket
 * is in a region of its own.
 */
function onlyIn(regions: readonly string[]): Statement {
  const ofIam = [...READ_ACTIONS, ...MANAGE_ACTIONS].filter((action) => action.startsWith("iam:"));
  return {
    Sid: "OnlyTheFleetsRegions",
    Effect: "Deny",
    NotAction: [...ofIam, ...STATE_ACTIONS].sort(),
    Resource: "*",
    Condition: { StringNotEquals: { "aws:RequestedRegion": regions } },
  };
}
