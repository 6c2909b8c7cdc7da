import { executionPermissions } from "../../fleet/identity/execution-permissions";
import {
  policyDocument,
  type PolicyDocument,
  type Statement,
} from "../../fleet/identity/policy-document";
import { fleetNames } from "../../fleet/names";
import type { FleetInAccount } from "./fleet-arns";

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

export interface BoundaryProps extends FleetInAccount {
  /**
   * The ECR repository of an image from elsewhere.
   * @default - none: the image is built here, or in a registry that needs no login
   */
  readonly repositoryArn?: string;
}

/**
 * The most that the fleet's own roles may do, in all regions, whatever policies they have. It denies
 * all else, because what a boundary merely leaves out, the policy of a bucket, a key or a repository
 * can still give to a session of a role.
 */
export function boundaryPolicy({ name, accountId, repositoryArn }: BoundaryProps): PolicyDocument {
  const names = fleetNames(name);
  const ownRepository = `arn:aws:ecr:*:${accountId}:repository/${names.repository}`;
  const execution = executionPermissions({
    logGroupArn: `arn:aws:logs:*:${accountId}:log-group:${names.logGroup}`,
    repositoryArn: repositoryArn === undefined ? ownRepository : [ownRepository, repositoryArn],
  });
  const scoped = execution.filter(({ Resource }) => Resource !== "*");
  const actions = (statements: readonly Statement[]) =>
    statements.flatMap(({ Action = [] }) => Action);
  return policyDocument([
    ...execution,
    { Sid: "BeManaged", Effect: "Allow", Action: BE_MANAGED, Resource: "*" },
    {
      Sid: "NothingElse",
      Effect: "Deny",
      NotAction: [...actions(execution), ...BE_MANAGED].sort(),
      Resource: "*",
    },
    {
      Sid: "NowhereElse",
      Effect: "Deny",
      Action: actions(scoped),
      NotResource: scoped.flatMap(({ Resource = [] }) => Resource),
    },
  ]);
}
