import { fleetMetrics } from "./fleet-metrics";
import type { FleetDimensions, MetricMath } from "./metric";

/**
 * The connections that a task has on average. The load balancer counts connections for all of them, so
 * they are divided by the tasks that get any; without a healthy one there is no value. Assumed: what metric
 * math makes of a division by zero is not documented. Either way auto scaling removes nothing for it, as
 * target tracking "does not interpret insufficient data as low utilization".
 * Source: "Use a target metric to scale Amazon ECS services", Amazon ECS Developer Guide.
 */
export function flowsPerTask(dimensions: FleetDimensions): MetricMath {
  const { activeFlows, healthyTasks } = fleetMetrics(dimensions);
  return {
    expression: `(${activeFlows.expression}) / tasks`,
    metrics: { ...activeFlows.metrics, tasks: healthyTasks() },
  };
}
