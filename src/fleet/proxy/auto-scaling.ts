import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";
import type { Metric, MetricMath } from "../monitoring/metric";

/**
 * The part of a task's connections that is aimed at. About six minutes pass until new tasks take part
 * (decision 33), in which connections may grow by two thirds before a task has as many as it holds.
 */
const TARGET_SHARE = 0.6;

export interface AutoScalingProps {
  /** The CPU policy's name, with which the other's begins, and the scalable target's `Name` tag. */
  readonly policyName: string;
  readonly clusterName: string;
  /** The ECS service's name; a reference, so that the service exists first. */
  readonly serviceName: string;
  /** The fewest tasks. */
  readonly minCapacity: number;
  /** The most tasks. */
  readonly maxCapacity: number;
  /** The average CPU utilisation to keep, in percent of what the tasks reserve. */
  readonly targetCpuPercent: number;
  /** The connections that a task has on average. */
  readonly flowsPerTask: MetricMath;
  /** How many of them to keep. */
  readonly targetFlowsPerTask: number;
  /** How long to wait after removing tasks before removing more. */
  readonly scaleInCooldownSeconds: number;
  /** How long to wait after adding tasks before adding more. */
  readonly scaleOutCooldownSeconds: number;
}

/** The connections to keep for each task, unless somebody knows better. */
export function defaultTargetFlowsPerTask(maxConnections: number): number {
  return Math.floor(maxConnections * TARGET_SHARE);
}

/**
 * Keeps an ECS service's average CPU utilisation, and the connections for each task, by adding and
 * removing tasks. Tunnels that say nothing fill a task's memory and need no CPU, so either may be what
 * there is too much of. The policy that wants more tasks wins, and tasks are removed once both agree.
 * Source: "How target tracking scaling for Application Auto Scaling works", its user guide.
 */
export class AutoScaling extends Construct {
  constructor(scope: Construct, id: string, props: AutoScalingProps) {
    super(scope, id);
    if (props.minCapacity > props.maxCapacity) {
      throw new RangeError(
        `${this.node.path}: minCapacity is ${props.minCapacity}, above maxCapacity, which is ${props.maxCapacity}`,
      );
    }
    const target = new AppautoscalingTarget(this, "target", {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: `service/${props.clusterName}/${props.serviceName}`,
      minCapacity: props.minCapacity,
      maxCapacity: props.maxCapacity,
      tags: { Name: props.policyName },
    });
    const common = {
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
    };
    const cooldowns = {
      scaleInCooldown: props.scaleInCooldownSeconds,
      scaleOutCooldown: props.scaleOutCooldownSeconds,
    };
    new AppautoscalingPolicy(this, "policy", {
      ...common,
      name: props.policyName,
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
        targetValue: props.targetCpuPercent,
        ...cooldowns,
      },
    });
    new AppautoscalingPolicy(this, "flows", {
      ...common,
      name: `${props.policyName}-flows`,
      targetTrackingScalingPolicyConfiguration: {
        customizedMetricSpecification: { metrics: metricQueries(props.flowsPerTask) },
        targetValue: props.targetFlowsPerTask,
        ...cooldowns,
      },
    });
  }
}

/** Metric math, of which a policy tracks the only series that returns data. */
function metricQueries({ expression, metrics }: MetricMath) {
  return [
    ...Object.entries(metrics).map(([id, metric]) => ({
      id,
      metricStat: { metric: metricOf(metric), stat: metric.statistic },
      returnData: false,
    })),
    { id: "series", expression, returnData: true },
  ];
}

function metricOf({ namespace, name, dimensions }: Metric) {
  return {
    namespace,
    metricName: name,
    dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
  };
}
