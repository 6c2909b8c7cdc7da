import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";

export interface AutoScalingProps {
  /** The scaling policy's name, and the scalable target's `Name` tag. */
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
  /** How long to wait after removing tasks before removing more. */
  readonly scaleInCooldownSeconds: number;
  /** How long to wait after adding tasks before adding more. */
  readonly scaleOutCooldownSeconds: number;
}

/** Keeps the average CPU utilisation of an ECS service by adding and removing tasks. */
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
    new AppautoscalingPolicy(this, "policy", {
      name: props.policyName,
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
        targetValue: props.targetCpuPercent,
        scaleInCooldown: props.scaleInCooldownSeconds,
        scaleOutCooldown: props.scaleOutCooldownSeconds,
      },
    });
  }
}
