import {
  AutoScaling,
  type AutoScalingProps,
  defaultTargetFlowsPerTask,
} from "../../../src/fleet/proxy/auto-scaling";
import { only, synthWith } from "../../helpers/synth";

const scaling = (props: Partial<AutoScalingProps> = {}) =>
  synthWith((stack) => {
    new AutoScaling(stack, "scaling", {
      policyName: "escalado-some",
      clusterName: "some-cluster",
      serviceName: "some-service",
      minCapacity: 2,
      maxCapacity: 10,
      targetCpuPercent: 75,
      flowsPerTask: {
        expression: "flows / tasks",
        metrics: {
          flows: {
            namespace: "AWS/NetworkELB",
            name: "ActiveFlowCount",
            dimensions: { LoadBalancer: "net/some/1" },
            statistic: "Average",
          },
          tasks: {
            namespace: "AWS/NetworkELB",
            name: "HealthyHostCount",
            dimensions: { LoadBalancer: "net/some/1", TargetGroup: "targetgroup/some/2" },
            statistic: "Maximum",
          },
        },
      },
      targetFlowsPerTask: 282,
      scaleInCooldownSeconds: 300,
      scaleOutCooldownSeconds: 60,
      ...props,
    });
  });

test("keeps the service between its bounds, by average CPU", () => {
  const json = scaling();
  expect(only(json, "aws_appautoscaling_target")).toMatchObject({
    service_namespace: "ecs",
    scalable_dimension: "ecs:service:DesiredCount",
    resource_id: "service/some-cluster/some-service",
    min_capacity: 2,
    max_capacity: 10,
  });
  expect(json.resource["aws_appautoscaling_policy"]!["scaling_policy"]).toMatchObject({
    name: "escalado-some",
    policy_type: "TargetTrackingScaling",
    resource_id: "${aws_appautoscaling_target.scaling_target.resource_id}",
    target_tracking_scaling_policy_configuration: {
      predefined_metric_specification: {
        predefined_metric_type: "ECSServiceAverageCPUUtilization",
      },
      target_value: 75,
      scale_in_cooldown: 300,
      scale_out_cooldown: 60,
    },
  });
});

test("keeps the connections for each task, by metric math of which one series is tracked", () => {
  const policy = scaling().resource["aws_appautoscaling_policy"]!["scaling_flows"]!;
  expect(policy).toMatchObject({
    name: "escalado-some-flows",
    policy_type: "TargetTrackingScaling",
    resource_id: "${aws_appautoscaling_target.scaling_target.resource_id}",
    target_tracking_scaling_policy_configuration: {
      target_value: 282,
      scale_in_cooldown: 300,
      scale_out_cooldown: 60,
    },
  });
  const stat = (metric_name: string, stat: string, dimensions: Record<string, string>) => ({
    metric: {
      namespace: "AWS/NetworkELB",
      metric_name,
      dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
    },
    stat,
  });
  const loadBalancer = { LoadBalancer: "net/some/1" };
  const metrics = [
    {
      id: "flows",
      metric_stat: stat("ActiveFlowCount", "Average", loadBalancer),
      return_data: false,
    },
    {
      id: "tasks",
      metric_stat: stat("HealthyHostCount", "Maximum", {
        ...loadBalancer,
        TargetGroup: "targetgroup/some/2",
      }),
      return_data: false,
    },
    { id: "series", expression: "flows / tasks", return_data: true },
  ];
  expect(policy).toHaveProperty(
    "target_tracking_scaling_policy_configuration.customized_metric_specification.metrics",
    metrics,
  );
});

test("aims at fewer connections than a task holds, so that there is time for new ones", () => {
  expect(defaultTargetFlowsPerTask(470)).toBe(282);
});

test("may be told to keep one number of tasks, and refuses a minimum above the maximum", () => {
  expect(only(scaling({ minCapacity: 10 }), "aws_appautoscaling_target")).toMatchObject({
    min_capacity: 10,
    max_capacity: 10,
  });
  expect(() => scaling({ minCapacity: 11 })).toThrow(
    "stack/scaling: minCapacity is 11, above maxCapacity, which is 10",
  );
});
