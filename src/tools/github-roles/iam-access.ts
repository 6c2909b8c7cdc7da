import { SSM_CORE_POLICY_ARN } from "../../fleet/identity/execution-permissions";
import type { Statement } from "../../fleet/identity/policy-document";
import type { FleetArns } from "./fleet-arns";
import { MANAGE_ACTIONS } from "../terraform/type-permissions";

/** The services of the fleet that work with a role of their own, which an account has once. */
const SERVICES_WITH_OWN_ROLE = [
  "ecs.amazonaws.com",
  "ecs.application-autoscaling.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
];

/** The actions that need the boundary on their role; so does attaching, which needs one policy, too. */
const ON_BOUNDED = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"];

/** The actions of IAM that need more than the name of a role. */
const CONDITIONAL = [
  ...ON_BOUNDED,
  "iam:AttachRolePolicy",
  "iam:CreateServiceLinkedRole",
  "iam:PassRole",
];

/**
 * Makes the fleet's roles, hands them to those who work with them, and lets AWS's services have
 * theirs.
 *
 * @param permissionsBoundary the ARN of the policy that bounds the fleet's roles: without it, whoever
 *   may make roles and write their policies could make one that may do anything.
 */
export function manageIam(arns: FleetArns, permissionsBoundary: string): Statement[] {
  const { executionRoles, taskRoles, clientRoles, instanceProfiles } = arns;
  const roles = [...executionRoles, ...taskRoles, ...clientRoles];
  return [
    {
      Sid: "ManageRoles",
      Effect: "Allow",
      Action: MANAGE_ACTIONS.filter((action) => isIam(action) && !CONDITIONAL.includes(action)),
      Resource: [...roles, ...instanceProfiles],
    },
    {
      Sid: "CreateBoundedRoles",
      Effect: "Allow",
      Action: ON_BOUNDED,
      Resource: roles,
      Condition: { StringEquals: { "iam:PermissionsBoundary": permissionsBoundary } },
    },
    {
      Sid: "AttachSessionManagerPolicy",
      Effect: "Allow",
      Action: ["iam:AttachRolePolicy"],
      Resource: clientRoles,
      Condition: {
        StringEquals: { "iam:PermissionsBoundary": permissionsBoundary },
        ArnEquals: { "iam:PolicyARN": SSM_CORE_POLICY_ARN },
      },
    },
    {
      Sid: "PassRolesToTasks",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: [...executionRoles, ...taskRoles],
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
    {
      Sid: "PassRoleToInstances",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: clientRoles,
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
  ];
}

/** Whether it is an action of IAM. */
export function isIam(action: string): boolean {
  return action.startsWith("iam:");
}
