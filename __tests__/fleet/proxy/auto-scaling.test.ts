import { AutoScaling, type AutoScalingProps } from "../../../src/fleet/proxy/auto-scaling";
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
  expect(only(json, "aws_appautoscaling_policy")).toMatchObject({
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

test("may be told to keep one number of tasks, and refuses a minimum above the maximum", () => {
  expect(only(scaling({ minCapacity: 10 }), "aws_appautoscaling_target")).toMatchObject({
    min_capacity: 10,
    max_capacity: 10,
  });
  expect(() => scaling({ minCapacity: 11 })).toThrow(
    "stack/scaling: minCapacity is 11, above maxCapacity, which is 10",
  );
});
