import { fleetNames } from "../names";

export interface FleetArnsProps {
  /** The fleet's `name`. */
  readonly name: string;
  /** The twelve digits of the AWS account. */
  readonly accountId: string;
}

/** The ARNs, or patterns of them, of all that carries a name of the fleet's, in every region. */
export interface FleetArns {
  /** What AWS knows by the names of the fleet, but for the roles and the instance profile. */
  readonly named: readonly string[];
  /** All scalable targets of the account: AWS numbers them. */
  readonly scalableTargets: string;
  /** The role that starts the tasks. */
  readonly executionRole: string;
  /** The role that the container holds. */
  readonly taskRole: string;
  /** The role of the test instances. */
  readonly clientRole: string;
  /** The instance profile of the test instances. */
  readonly instanceProfile: string;
  /** The role with which ECS works, which an account has once. */
  readonly ecsServiceLinkedRole: string;
  /** The role with which Application Auto Scaling changes ECS services, which an account has once. */
  readonly scalingServiceLinkedRole: string;
}

/**
 * A region's name at the end of a role's. With `*` alone, the fleet `proxy` would have a hold on
 * the role `proxy-client-github-deploy`, which is that of the fleet `proxy-client`.
 */
const ANY_REGION = "??-*-?";

export function fleetArns({ name, accountId }: FleetArnsProps): FleetArns {
  const names = fleetNames(name);
  const service = `${names.cluster}/${names.service}`;
  const regional = (prefix: string, resource: string) =>
    `arn:aws:${prefix}:*:${accountId}:${resource}`;
  const iam = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;
  const serviceLinkedRole = (principal: string, role: string) =>
    iam(`role/aws-service-role/${principal}/${role}`);
  return {
    named: [
      regional("cloudwatch", `alarm:TargetTracking-service/${service}-*`),
      regional("ecr", `repository/${names.repository}`),
      regional("ecs", `cluster/${names.cluster}`),
      regional("ecs", `service/${service}`),
      regional("ecs", `service-deployment/${service}/*`),
      regional("ecs", `task-definition/${names.taskFamily}:*`),
      regional("elasticloadbalancing", `loadbalancer/net/${names.loadBalancer}/*`),
      regional("elasticloadbalancing", `listener/net/${names.loadBalancer}/*/*`),
      regional("elasticloadbalancing", `targetgroup/${names.targetGroup}/*`),
      // CloudWatch Logs takes the one form for some actions and the other for the rest.
      regional("logs", `log-group:${names.logGroup}`),
      regional("logs", `log-group:${names.logGroup}:*`),
    ],
    scalableTargets: regional("application-autoscaling", "scalable-target/*"),
    executionRole: iam(`role/${name}-execution-${ANY_REGION}`),
    taskRole: iam(`role/${name}-task-${ANY_REGION}`),
    clientRole: iam(`role/${name}-client-${ANY_REGION}`),
    instanceProfile: iam(`instance-profile/${name}-client-${ANY_REGION}`),
    ecsServiceLinkedRole: serviceLinkedRole("ecs.amazonaws.com", "AWSServiceRoleForECS"),
    scalingServiceLinkedRole: serviceLinkedRole(
      "ecs.application-autoscaling.amazonaws.com",
      "AWSServiceRoleForApplicationAutoScaling_ECSService",
    ),
  };
}
