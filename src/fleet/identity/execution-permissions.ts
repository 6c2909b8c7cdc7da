import type { Statement } from "./policy-document";

/** What an agent needs to be managed by Systems Manager, sessions included. */
export const SSM_CORE_POLICY_ARN = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

export interface ExecutionPermissionsProps {
  /** The log group the tasks write to. */
  readonly logGroupArn: string;
  /**
   * The ECR repository the tasks pull from, or several that they may.
   * @default - none: the image is in a registry that needs no login
   */
  readonly repositoryArn?: string | readonly string[];
}

/** What ECS does itself to start a task. */
export function executionPermissions({
  logGroupArn,
  repositoryArn,
}: ExecutionPermissionsProps): Statement[] {
  const writeLog: Statement = {
    Sid: "WriteLog",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `${logGroupArn}:*`,
  };
  if (repositoryArn === undefined) return [writeLog];
  const pullImage: Statement = {
    Sid: "PullImage",
    Effect: "Allow",
    Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    Resource: repositoryArn,
  };
  // The one ECR action that knows no resource.
  const logIn: Statement = {
    Sid: "LogInToEcr",
    Effect: "Allow",
    Action: ["ecr:GetAuthorizationToken"],
    Resource: "*",
  };
  return [writeLog, pullImage, logIn];
}
