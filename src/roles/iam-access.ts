import type { FleetArns } from "./fleet-arns";
import type { Statement } from "./policy-document";

/** What the test instances' role may be given; see StandardIdentity. */
const SSM_CORE_POLICY_ARN = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

/** The services of the fleet that work with a role of their own, which an account has once. */
const SERVICES_WITH_OWN_ROLE = [
  "ecs.amazonaws.com",
  "ecs.application-autoscaling.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
];

/** The actions of IAM that need more than the name of a role; {@link manageIam} has the rest. */
export const CONDITIONAL_IAM_ACTIONS = [
  "iam:AttachRolePolicy",
  "iam:CreateServiceLinkedRole",
  "iam:DeleteServiceLinkedRole",
  "iam:DetachRolePolicy",
  "iam:GetServiceLinkedRoleDeletionStatus",
  "iam:PassRole",
];

/** Hands the fleet's roles to those who work with them, and lets AWS's services have theirs. */
export function manageIam(arns: FleetArns): Statement[] {
  return [
    {
      Sid: "AttachSessionManagerPolicy",
      Effect: "Allow",
      Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      Resource: arns.clientRole,
      Condition: { ArnEquals: { "iam:PolicyARN": SSM_CORE_POLICY_ARN } },
    },
    {
      Sid: "PassRolesToTasks",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: [arns.executionRole, arns.taskRole],
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
    {
      Sid: "PassRoleToInstances",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: arns.clientRole,
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    {
      // No condition: only the service that the role is linked to can take it on.
      Sid: "PassRoleToScaling",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: arns.scalingServiceLinkedRole,
    },
    {
      Sid: "CreateServiceLinkedRoles",
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: "*",
      Condition: { StringEquals: { "iam:AWSServiceName": SERVICES_WITH_OWN_ROLE } },
    },
    {
      // For `ecsServiceLinkedRoleRegion`. AWS deletes the role only when no cluster is left.
      Sid: "OwnEcsServiceLinkedRole",
      Effect: "Allow",
      Action: [
        "iam:DeleteServiceLinkedRole",
        "iam:GetServiceLinkedRoleDeletionStatus",
        "iam:TagRole",
        "iam:UntagRole",
      ],
      Resource: arns.ecsServiceLinkedRole,
    },
  ];
}
