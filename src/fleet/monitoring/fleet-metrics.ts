import type { LogMetricName } from "./log-metrics";
import type { FleetDimensions, Metric, MetricMath } from "./metric";

/**
 * The metrics that alarms and dashboard are about. The load balancer's have the dimensions and
 * statistics of "CloudWatch metrics for your Network Load Balancer": each of its nodes reports for
 * itself, so what is healthy is the most that one of them sees, and what is not, the fewest.
 */
export function fleetMetrics(dimensions: FleetDimensions) {
  const { loadBalancer, targetGroup, clusterName, serviceName, logNamespace } = dimensions;
  const { availabilityZones } = dimensions;
  const targets = { LoadBalancer: loadBalancer, TargetGroup: targetGroup };
  return {
    /**
     * With cross-zone load balancing the nodes of a zone look at the tasks of all zones, and count
     * all that they reach. Assumed of a Network Load Balancer; AWS says so of the Classic one
     * ("CloudWatch metrics for your Classic Load Balancer", `HealthyHostCount`). If they counted just
     * those of their zone, the most of all zones would be fewer than there are: connections for each
     * task would look like more, auto scaling would add tasks too soon, and `too-few-tasks` would ring.
     */
    healthyTasks: (zone?: string): Metric => ({
      namespace: "AWS/NetworkELB",
      name: "HealthyHostCount",
      dimensions: zone === undefined ? targets : { ...targets, AvailabilityZone: zone },
      statistic: "Maximum",
    }),
    unhealthyTasks: {
      namespace: "AWS/NetworkELB",
      name: "UnHealthyHostCount",
      dimensions: targets,
      statistic: "Minimum",
    } satisfies Metric,
    /** Added up over the zones, as the average of all nodes would be that of a zone. */
    activeFlows: {
      expression: availabilityZones.map((_, index) => `flows${index + 1}`).join(" + "),
      metrics: Object.fromEntries(
        availabilityZones.map((zone, index): [string, Metric] => [
          `flows${index + 1}`,
          {
            namespace: "AWS/NetworkELB",
            name: "ActiveFlowCount",
            dimensions: { AvailabilityZone: zone, LoadBalancer: loadBalancer },
            statistic: "Average",
          },
        ]),
      ),
    } satisfies MetricMath,
    cpuUtilization: {
      namespace: "AWS/ECS",
      name: "CPUUtilization",
      dimensions: { ClusterName: clusterName, ServiceName: serviceName },
      statistic: "Average",
    } satisfies Metric,
    /** Reported with Container Insights alone. */
    desiredTasks: {
      namespace: "ECS/ContainerInsights",
      name: "DesiredTaskCount",
      dimensions: { ClusterName: clusterName, ServiceName: serviceName },
      statistic: "Average",
    } satisfies Metric,
    /** Both ways, with the headers of TCP and IP. */
    processedBytes: {
      namespace: "AWS/NetworkELB",
      name: "ProcessedBytes",
      dimensions: { LoadBalancer: loadBalancer },
      statistic: "Sum",
    } satisfies Metric,
    natBytes: (natGatewayId: string): [toInternet: Metric, fromInternet: Metric] => {
      const metric = { namespace: "AWS/NATGateway", dimensions: { NatGatewayId: natGatewayId } };
      return [
        { ...metric, name: "BytesOutToDestination", statistic: "Sum" },
        { ...metric, name: "BytesInFromDestination", statistic: "Sum" },
      ];
    },
    /** Connections for which a NAT gateway had no port left. Reported by each, 0 included. */
    portAllocationErrors: (natGatewayId: string): Metric => ({
      namespace: "AWS/NATGateway",
      name: "ErrorPortAllocation",
      dimensions: { NatGatewayId: natGatewayId },
      statistic: "Sum",
    }),
    logged: (name: LogMetricName): Metric => ({
      namespace: logNamespace,
      name,
      dimensions: {},
      statistic: "Sum",
    }),
  };
}
