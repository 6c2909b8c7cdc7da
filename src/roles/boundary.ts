import { executionPermissions } from "../identity/permissions";
import { policyDocument, type PolicyDocument } from "../identity/policy-document";
import { fleetNames } from "../names";
import type { FleetArnsProps } from "./fleet-arns";

/**
 * What AmazonSSMManagedInstanceCore permits, which the test instances' role has, but for the values
 * of parameters: no feature of the fleet reads them, and others keep secrets there.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
 */
const BE_MANAGED = [
  "ec2messages:AcknowledgeMessage",
  "ec2messages:DeleteMessage",
  "ec2messages:FailMessage",
  "ec2messages:GetEndpoint",
  "ec2messages:GetMessages",
  "ec2messages:SendReply",
  "ssm:DescribeAssociation",
  "ssm:DescribeDocument",
  "ssm:GetDeployablePatchSnapshotForInstance",
  "ssm:GetDocument",
  "ssm:GetManifest",
  "ssm:ListAssociations",
  "ssm:ListInstanceAssociations",
  "ssm:PutComplianceItems",
  "ssm:PutConfigurePackageResult",
  "ssm:PutInventory",
  "ssm:UpdateAssociationStatus",
  "ssm:UpdateInstanceAssociationStatus",
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

/** The name of the policy that bounds the fleet's roles. */
export function boundaryName(name: string): string {
  return `${name}-boundary`;
}

/** The most that the fleet's own roles may do, in all regions, whatever policies they have. */
export function boundaryPolicy({ name, accountId }: FleetArnsProps): PolicyDocument {
  const names = fleetNames(name);
  return policyDocument([
    ...executionPermissions({
      logGroupArn: `arn:aws:logs:*:${accountId}:log-group:${names.logGroup}`,
      repositoryArn: `arn:aws:ecr:*:${accountId}:repository/${names.repository}`,
    }),
    { Sid: "BeManaged", Effect: "Allow", Action: BE_MANAGED, Resource: "*" },
  ]);
}
