import { LOG_METRICS } from "../../../fleet/monitoring/log-metrics";
import type { LogEvent } from "./log-reader";
import { metricFilter } from "./metric-filter";
import {
  PERIOD_SECONDS,
  REHEARSED,
  statisticSet,
  type RecordedMetric,
  type Recording,
} from "./recording";
import type { Usage } from "./usage";

/** The fleet at a moment. */
export interface Sample {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly healthy: number;
  readonly unhealthy: number;
  /** Connections through the load balancer that are open. */
  readonly activeFlows: number;
  /** Connections that there have been, and bytes, since the load balancer's start. */
  readonly flows: number;
  readonly bytes: number;
  /** What the tasks use that run. */
  readonly usage: readonly Usage[];
}

interface Observed {
  /** When the first period began, in milliseconds since 1970. */
  readonly begin: number;
  readonly periods: number;
  readonly samples: readonly Sample[];
  readonly log: readonly LogEvent[];
}

const { clusterName, serviceName, loadBalancer, targetGroup, logNamespace } = REHEARSED;
const [availabilityZone] = REHEARSED.availabilityZones as [string];

type Dimensions = Readonly<Record<string, string>>;

/** What a Network Load Balancer publishes for itself, and again for each zone. */
const BALANCER: readonly Dimensions[] = [
  { LoadBalancer: loadBalancer },
  { AvailabilityZone: availabilityZone, LoadBalancer: loadBalancer },
];
const TARGETS = BALANCER.map((dimensions) => ({ ...dimensions, TargetGroup: targetGroup }));
const SERVICE = [{ ClusterName: clusterName, ServiceName: serviceName }];

/**
 * What AWS would publish of what was seen, by its own names.
 * Sources: "CloudWatch metrics for your Network Load Balancer", Elastic Load Balancing, Network Load
 * Balancers guide; "Amazon ECS CloudWatch metrics", Amazon ECS Developer Guide.
 */
export function recordingOf({ begin, periods, samples, log }: Observed): Recording {
  const indexOf = (at: number) => Math.floor((at - begin) / (PERIOD_SECONDS * 1_000));
  const each = <T extends { readonly at: number }>(seen: readonly T[]) =>
    Array.from({ length: periods }, (_, period) => seen.filter(({ at }) => indexOf(at) === period));
  const inPeriods = each(samples);

  const metric = (
    [namespace, name]: readonly [string, string],
    dimensions: readonly Dimensions[],
    valuesOf: (seen: readonly Sample[], period: number) => readonly number[],
  ): RecordedMetric[] => {
    const points = inPeriods.map((seen, period) => statisticSet(valuesOf(seen, period)));
    return dimensions.map((each) => ({ namespace, name, dimensions: each, points }));
  };
  /** What has been added in a period, to something that only grows. */
  const growth = (of: "flows" | "bytes") => (seen: readonly Sample[], period: number) => {
    const [from, to] = [seen[0], inPeriods[period + 1]?.[0] ?? seen.at(-1)];
    return from && to ? [to[of] - from[of]] : [];
  };
  const NLB = "AWS/NetworkELB";
  const filters = LOG_METRICS.map(({ name, pattern }) => ({ name, counts: metricFilter(pattern) }));
  const logged = each(log.map(({ timestamp: at, message }) => ({ at, message })));
  return {
    begin: new Date(begin).toISOString(),
    periods,
    metrics: [
      ...metric([NLB, "HealthyHostCount"], TARGETS, (seen) => seen.map(({ healthy }) => healthy)),
      ...metric([NLB, "UnHealthyHostCount"], TARGETS, (seen) =>
        seen.map(({ unhealthy }) => unhealthy),
      ),
      ...metric([NLB, "ActiveFlowCount"], BALANCER, (seen) =>
        seen.map(({ activeFlows }) => activeFlows),
      ),
      ...metric([NLB, "NewFlowCount"], BALANCER, growth("flows")),
      ...metric([NLB, "ProcessedBytes"], BALANCER, growth("bytes")),
      ...metric(["AWS/ECS", "CPUUtilization"], SERVICE, (seen) => perTask(seen, "cpuPercent")),
      ...metric(["AWS/ECS", "MemoryUtilization"], SERVICE, (seen) =>
        perTask(seen, "memoryPercent"),
      ),
      ...filters.map(({ name, counts }) => ({
        namespace: logNamespace,
        name,
        dimensions: {},
        points: logged.map((events) => {
          const counted = events.filter(({ message }) => counts(message)).map(() => 1);
          // A metric filter says 0 of a period with lines of which none counts.
          return statisticSet(counted.length > 0 ? counted : events.slice(0, 1).map(() => 0));
        }),
      })),
    ],
  };
}

/** A value for each task that runs at the end: its average. */
function perTask(seen: readonly Sample[], of: "cpuPercent" | "memoryPercent"): number[] {
  const running = (seen.at(-1)?.usage ?? []).map(({ task }) => task);
  return running.map((running) => {
    const values = seen.flatMap(({ usage }) =>
      usage.filter(({ task }) => task === running).map((used) => used[of]),
    );
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}
