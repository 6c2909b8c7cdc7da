import { DescribeServicesCommand, type ECSClient } from "@aws-sdk/client-ecs";
import { explainAwsError, nameOf } from "../../common/aws-errors";
import type { DeployedResource } from "../../fleet/stack/deletion-guard";
import { UserError } from "../../common/user-error";

export interface RunningDeploymentProps {
  readonly client: ECSClient;
  /** What the state of the region has. */
  readonly resources: readonly DeployedResource[];
  readonly region: string;
}

/**
 * Compares what the ECS service runs with the task definition of the state.
 *
 * @throws UserError when they differ, as after a deployment that ECS has rolled back, when the state
 *   has no service, or when AWS does not say what it runs.
 */
export async function requireDeployedTasks(props: RunningDeploymentProps): Promise<void> {
  const { resources, region } = props;
  const attribute = (type: string, name: string) =>
    resources.find((resource) => resource.type === type)?.attributes[name];
  const expected = attribute("aws_ecs_task_definition", "arn");
  const cluster = attribute("aws_ecs_cluster", "name");
  const service = attribute("aws_ecs_service", "name");
  if (typeof expected !== "string" || typeof cluster !== "string" || typeof service !== "string") {
    throw new UserError(
      `The fleet of ${region} is not deployed to its end. Type: TF_WORKSPACE=${region} npm run deploy`,
    );
  }
  const deployment = await primaryDeployment(cluster, service, props);
  if (deployment?.taskDefinition === expected && deployment.rolloutState !== "FAILED") {
    return;
  }
  const why =
    `aws ecs describe-services --region ${region} --cluster ${cluster} --services ${service} ` +
    "--query 'services[].events[:10].message'";
  throw new UserError(
    `The service ${service} runs the task definition ${revision(deployment?.taskDefinition)}, and the state has ` +
      `${revision(expected)}: the last deployment has failed, and ECS has rolled it back, or somebody has deployed past ` +
      `Terraform. Its events say which: ${why}. To deploy again: TF_WORKSPACE=${region} npm run deploy`,
  );
}

async function primaryDeployment(
  cluster: string,
  service: string,
  { client, region }: RunningDeploymentProps,
) {
  try {
    const { services = [] } = await client.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    return services[0]?.deployments?.find(({ status }) => status === "PRIMARY");
  } catch (error) {
    if (nameOf(error) !== "AccessDeniedException") throw explainAwsError(error, region);
    throw new UserError(
      `These credentials may not see what the service runs; needed is ecs:DescribeServices. AWS says: ${(error as Error).message}`,
    );
  }
}

/** A task definition's family and revision, of its ARN. */
function revision(arn: string | undefined): string {
  return arn?.replace(/^.*\//, "") ?? "(none)";
}
