/** The stack's name: the folder in cdktf.out/stacks, and what `cdktf deploy` deploys. */
export const STACK_ID = "proxy-fleet";

/** The same of a consumer's clients, in an account that has no fleet. */
export const CLIENT_STACK_ID = "proxy-client";

/** The roles that an ordinary account has: of ECS, of the container, of the test instances. */
export type FleetRole = "execution" | "task" | "client";

/**
 * The name of a role of a fleet's, and of the instance profile of the same kind.
 *
 * @param region IAM is global, and each region has a fleet of its own.
 */
export function roleName(fleet: string, role: FleetRole, region: string): string {
  return `${fleet}-${role}-${region}`;
}

/** The AWS names of a fleet, derived from the one setting `name`. */
export interface FleetNames {
  readonly serviceVpc: string;
  readonly repository: string;
  readonly cluster: string;
  readonly service: string;
  readonly taskFamily: string;
  readonly logGroup: string;
  readonly loadBalancer: string;
  readonly targetGroup: string;
  readonly serviceSecurityGroup: string;
  readonly loadBalancerSecurityGroup: string;
  readonly endpointSecurityGroup: string;
  readonly scalingPolicy: string;
  readonly endpointService: string;
  readonly rulesBucketPrefix: string;
  /** These two end with what no fleet's name has, so that no fleet's name begins with another's. */
  readonly alarmPrefix: string;
  /** The region follows: an account's dashboards are those of all its regions. */
  readonly dashboardPrefix: string;
  /** In the console, the saved queries' folder. */
  readonly queryFolder: string;
  readonly logNamespace: string;
  readonly alarmTopic: string;
}

/** Derives the fleet's AWS names; with `proxy` they are those of the original requirement. */
export function fleetNames(name: string): FleetNames {
  return {
    serviceVpc: `${name}-service`,
    repository: `${name}-squid`,
    cluster: `${name}-cluster`,
    service: `${name}-service`,
    taskFamily: `${name}-web`,
    logGroup: `/ecs/${name}-web`,
    loadBalancer: `${name}-nlb`,
    targetGroup: `${name}-tg`,
    serviceSecurityGroup: `service-${name}-sg`,
    loadBalancerSecurityGroup: `${name}-nlb-sg`,
    endpointSecurityGroup: `${name}-endpoint-sg`,
    // Spanish, as the original requirement names it.
    scalingPolicy: `escalado-${name}`,
    endpointService: `${name}-endpoint-service`,
    rulesBucketPrefix: `${name}-rules-`,
    alarmPrefix: `${name}/`,
    dashboardPrefix: `${name}_`,
    queryFolder: name,
    logNamespace: `ProxyFleet/${name}`,
    alarmTopic: `${name}-alarms`,
  };
}

/** The AWS names of a consumer's clients, derived from the one setting `name`. */
export function consumerNames(name: string) {
  return { endpointSecurityGroup: `${name}-endpoint-sg` };
}

/** The name of the security group of a client's test instance. */
export function clientSecurityGroup(client: string): string {
  return `${client}-sg`;
}
