import type { ITerraformDependable } from "cdktf";
import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { Construct } from "constructs";
import type { Identity } from "../identity/identity";
import type { ServiceNetwork } from "../network/network";
import { SecurityGroup } from "../network/security-group";
import { FARGATE_CPUS, fargateMemoryMiB } from "./fargate-size";
import type { CpuArchitecture } from "../image/image";
import type { NetworkLoadBalancer } from "./network-load-balancer";

/** The ports whose names, not numbers, are in the addresses of their rules. */
const PORT_NAMES: ReadonlyMap<number, string> = new Map([
  [80, "http"],
  [443, "https"],
]);

/** HTTPS, by which the tasks themselves get their image and write their log. */
const AWS_API_PORT = 443;

/** The definition of a container, as ECS takes it. */
export interface ContainerDefinition {
  readonly name: string;
  readonly [argument: string]: unknown;
}

export interface ProxyServiceProps {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly taskFamily: string;
  readonly securityGroupName: string;
  readonly vpc: ServiceNetwork;
  readonly loadBalancer: NetworkLoadBalancer;
  readonly identity: Identity;
  /** The one container of a task, which listens on the port. */
  readonly container: ContainerDefinition;
  /** The TCP port of the proxy. */
  readonly port: number;
  /** The TCP ports of the Internet that the container connects to. */
  readonly egressPorts: readonly number[];
  /** The size of a task in CPU units; 1024 are one vCPU. */
  readonly cpu: number;
  /** The memory of a task; Fargate offers certain sizes for each CPU size. */
  readonly memoryMiB: number;
  readonly cpuArchitecture: CpuArchitecture;
  /** How many tasks the service starts with; afterwards auto scaling decides. */
  readonly desiredCount: number;
  /** How many tasks always run on demand, before any runs on Spot. */
  readonly onDemandBase: number;
  /** Above the base, how many tasks run on Fargate Spot for each one on demand; 0 for none. */
  readonly spotWeight: number;
  /** How long a new task may fail the load balancer's health check. */
  readonly healthCheckGracePeriodSeconds: number;
  /** CloudWatch Container Insights: `enhanced` is `enabled` with metrics per task. */
  readonly containerInsights: "disabled" | "enabled" | "enhanced";
  /** What must exist before a task can start, such as its image. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * The proxies: an ECS service of Fargate tasks in the private subnets, registered with the load
 * balancer, replaced in order and rolled back by itself when new tasks do not become healthy.
 *
 * @throws RangeError for a task size that Fargate does not offer.
 */
export class ProxyService extends Construct {
  public readonly clusterName: string;
  public readonly serviceName: string;
  /** What must exist before a client may connect: the service, once its tasks are running and healthy. */
  public readonly dependables: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ProxyServiceProps) {
    super(scope, id);
    requireFargateSize(this.node.path, props.cpu, props.memoryMiB);

    const cluster = new EcsCluster(this, "cluster", {
      name: props.clusterName,
      setting: [{ name: "containerInsights", value: props.containerInsights }],
    });
    const capacityProviders = new EcsClusterCapacityProviders(this, "capacity", {
      clusterName: cluster.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      // An account's first cluster makes ECS's service-linked role, which some time later can be
      // assumed, as it is here. The provider waits for that with the cluster only, but the load
      // balancer takes minutes, and the service needs both.
      dependsOn: [props.loadBalancer.listener],
    });
    const taskDefinition = this.defineTask(props);
    const securityGroup = this.connect(props);

    const service = new EcsService(this, "service", {
      name: props.serviceName,
      cluster: cluster.arn,
      taskDefinition: taskDefinition.arn,
      desiredCount: props.desiredCount,
      capacityProviderStrategy: [
        { capacityProvider: "FARGATE", base: props.onDemandBase, weight: 1 },
        ...(props.spotWeight > 0
          ? [{ capacityProvider: "FARGATE_SPOT", weight: props.spotWeight }]
          : []),
      ],
      networkConfiguration: {
        subnets: [...props.vpc.privateSubnetIds],
        securityGroups: [securityGroup.securityGroupId],
        assignPublicIp: false,
      },
      loadBalancer: [
        {
          targetGroupArn: props.loadBalancer.targetGroupArn,
          containerName: props.container.name,
          containerPort: props.port,
        },
      ],
      healthCheckGracePeriodSeconds: props.healthCheckGracePeriodSeconds,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      propagateTags: "SERVICE",
      // Without it the provider refuses a changed capacity provider strategy; alone it changes nothing.
      forceNewDeployment: true,
      waitForSteadyState: true,
      lifecycle: {
        ignoreChanges: ["desired_count"],
        // The provider tells a deployment that was rolled back by the local clock, which may be wrong.
        postcondition: [
          {
            condition: `\${self.task_definition == ${taskDefinition.fqn}.arn}`,
            errorMessage:
              "The service does not run the new task definition: ECS has rolled the deployment back. " +
              "The service's events and the log group say why.",
          },
        ],
      },
      // A task that starts before one of these exists fails, and with it the first deployment.
      dependsOn: [
        capacityProviders,
        props.loadBalancer.listener,
        ...props.loadBalancer.securityGroup.dependables,
        ...securityGroup.dependables,
        ...props.vpc.dependables,
        ...props.dependsOn,
        ...props.identity.dependables,
      ],
    });
    this.clusterName = cluster.name;
    this.serviceName = service.name;
    this.dependables = [service];
  }

  private defineTask(props: ProxyServiceProps): EcsTaskDefinition {
    return new EcsTaskDefinition(this, "task", {
      family: props.taskFamily,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(props.cpu),
      memory: String(props.memoryMiB),
      runtimePlatform: {
        operatingSystemFamily: "LINUX",
        cpuArchitecture: props.cpuArchitecture,
      },
      executionRoleArn: props.identity.executionRoleArn,
      taskRoleArn: props.identity.taskRoleArn,
      containerDefinitions: JSON.stringify([props.container]),
      // The old revision stays until the new one runs, so that ECS can roll back to it.
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /** Opens exactly the path from the load balancer through the tasks to the web. */
  private connect(props: ProxyServiceProps): SecurityGroup {
    const { securityGroupName, vpc, loadBalancer, port } = props;
    const tasks = new SecurityGroup(this, "sg", {
      name: securityGroupName,
      description: "Tasks of the proxy",
      vpcId: vpc.vpcId,
    });
    tasks.allowIngress("from-nlb", {
      peer: { securityGroupId: loadBalancer.securityGroup.securityGroupId },
      port,
      description: "Proxy requests and health checks from the load balancer",
    });
    for (const egressPort of new Set([...props.egressPorts, AWS_API_PORT])) {
      const name = PORT_NAMES.get(egressPort);
      tasks.allowEgress(`to-${name ?? egressPort}`, {
        peer: { cidr: "0.0.0.0/0" },
        port: egressPort,
        description: `${name?.toUpperCase() ?? `TCP ${egressPort}`} to the Internet`,
      });
    }
    loadBalancer.securityGroup.allowEgress("to-tasks", {
      peer: { securityGroupId: tasks.securityGroupId },
      port,
      description: "Proxy requests and health checks to the tasks",
    });
    return tasks;
  }
}

function requireFargateSize(path: string, cpu: number, memoryMiB: number): void {
  const memories = fargateMemoryMiB(cpu);
  if (memories.length === 0) {
    throw new RangeError(`${path}: cpu is ${cpu}; Fargate offers ${FARGATE_CPUS.join(", ")}`);
  }
  if (!memories.includes(memoryMiB)) {
    throw new RangeError(
      `${path}: memoryMiB is ${memoryMiB}; with cpu ${cpu} Fargate offers ${memories.join(", ")}`,
    );
  }
}
