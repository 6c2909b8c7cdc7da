import { fleetNames, roleName, type FleetRole } from "../../fleet/names";

export interface FleetInAccount {
  /** The fleet's `name`. */
  readonly name: string;
  /** The twelve digits of the AWS account. */
  readonly accountId: string;
}

export interface FleetArnsProps extends FleetInAccount {
  /** The regions that the settings admit. */
  readonly regions: readonly string[];
}

/**
 * The ARNs, or patterns of them, of all that carries a name of the fleet's. What is named after its
 * region has one pattern for all regions whose names are alike.
 */
export interface FleetArns {
  /** What AWS knows by the names of the fleet, but for the roles and the instance profile. */
  readonly named: readonly string[];
  /** The alarms by which the service is scaled, of which no plan reads any. */
  readonly scalingAlarms: string;
  /** The fleet's own alarms, its dashboards, and the topic with its subscriptions. */
  readonly monitoring: readonly string[];
  /** All scalable targets of the account: AWS numbers them. */
  readonly scalableTargets: string;
  /** The roles that start the tasks. */
  readonly executionRoles: readonly string[];
  /** The roles that the containers hold. */
  readonly taskRoles: readonly string[];
  /** The log group, in both forms that CloudWatch Logs has for it: each of its actions takes one. */
  readonly logGroup: readonly string[];
  /** The roles of the test instances. */
  readonly clientRoles: readonly string[];
  /** The instance profiles of the test instances. */
  readonly instanceProfiles: readonly string[];
  /** The role with which Application Auto Scaling changes ECS services, which an account has once. */
  readonly scalingServiceLinkedRole: string;
}

/**
 * The ends of the names of roles, shortened because IAM's policies are: `??-??st-?` is any eastern or
 * western region. With a `*`, the fleet `proxy` would have a hold on roles of a fleet `proxy-client`
 * or `proxy-client-eu`, whose names go on before the region.
 */
function regionPatterns(regions: readonly string[]): string[] {
  const patterns = regions.map((region) =>
    region
      .replace(/^..(-.*-).$/, "??$1?")
      .replace(/north|south/, "?o?th")
      .replace(/east|west/, "??st"),
  );
  return [...new Set(patterns)];
}

/** How many characters Terraform's AWS provider adds to the prefix of a bucket's name. */
const BUCKET_SUFFIX_LENGTH = 26;

export function fleetArns({ name, accountId, regions }: FleetArnsProps): FleetArns {
  const names = fleetNames(name);
  const service = `${names.cluster}/${names.service}`;
  const regional = (prefix: string, resource: string) =>
    `arn:aws:${prefix}:*:${accountId}:${resource}`;
  const iam = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;
  const ends = regionPatterns(regions);
  const roles = (role: FleetRole) => ends.map((end) => iam(`role/${roleName(name, role, end)}`));
  // Each character that Terraform adds, so that the fleet `a` has no hold on the bucket of `a-rules`.
  const rulesBucket = `arn:aws:s3:::${names.rulesBucketPrefix}${"?".repeat(BUCKET_SUFFIX_LENGTH)}`;
  const logGroup = ["", ":*"].map((end) => regional("logs", `log-group:${names.logGroup}${end}`));
  return {
    logGroup,
    named: [
      regional("ecr", `repository/${names.repository}`),
      regional("ecs", `cluster/${names.cluster}`),
      regional("ecs", `service/${service}`),
      regional("ecs", `service-deployment/${service}/*`),
      regional("ecs", `task-definition/${names.taskFamily}:*`),
      regional("elasticloadbalancing", `loadbalancer/net/${names.loadBalancer}/*`),
      regional("elasticloadbalancing", `listener/net/${names.loadBalancer}/*/*`),
      regional("elasticloadbalancing", `targetgroup/${names.targetGroup}/*`),
      ...logGroup,
      rulesBucket,
      `${rulesBucket}/*`,
    ],
    scalingAlarms: regional("cloudwatch", `alarm:TargetTracking-service/${service}-*`),
    monitoring: [
      regional("cloudwatch", `alarm:${names.alarmPrefix}*`),
      // An account's dashboards are those of all regions.
      `arn:aws:cloudwatch::${accountId}:dashboard/${names.dashboardPrefix}*`,
      ...["", ":*"].map((end) => regional("sns", `${names.alarmTopic}${end}`)),
    ],
    scalableTargets: regional("application-autoscaling", "scalable-target/*"),
    executionRoles: roles("execution"),
    taskRoles: roles("task"),
    clientRoles: roles("client"),
    instanceProfiles: ends.map((end) => iam(`instance-profile/${roleName(name, "client", end)}`)),
    scalingServiceLinkedRole: iam(
      "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
    ),
  };
}
