import type { FleetDimensions, Metric } from "../../../fleet/monitoring/metric";

/** The shortest period of the metrics that AWS publishes for the fleet. */
export const PERIOD_SECONDS = 60;

/**
 * What CloudWatch keeps of a period, as its API has it in a `StatisticSet`: SampleCount, Sum, Minimum,
 * Maximum; null where nothing was published.
 */
export type StatisticSet = readonly [count: number, sum: number, minimum: number, maximum: number];

/** A metric with its data points, one for each period from the recording's beginning. */
export interface RecordedMetric extends Pick<Metric, "namespace" | "name" | "dimensions"> {
  readonly points: readonly (StatisticSet | null)[];
}

/** What CloudWatch would have of a rehearsed fleet. */
export interface Recording {
  /** When its first period began, as in `2026-11-29T08:15:00.000Z`. */
  readonly begin: string;
  /** How many periods it has. */
  readonly periods: number;
  readonly metrics: readonly RecordedMetric[];
}

/** The recordings of a run of faults, by the fault's name. */
export type Recordings = Readonly<Record<string, Recording>>;

/** What a rehearsed fleet's metrics are called. It has one zone, and no NAT gateway. */
export const REHEARSED: FleetDimensions = {
  clusterName: "rehearsal",
  serviceName: "rehearsal",
  loadBalancer: "net/rehearsal/0",
  targetGroup: "targetgroup/rehearsal/0",
  availabilityZones: ["rehearsal-a"],
  natGatewayIds: ["nat-rehearsal"],
  logNamespace: "rehearsal",
};

/** The values of a period, as CloudWatch keeps them. */
export function statisticSet(values: readonly number[]): StatisticSet | null {
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  const [minimum, maximum] = [Math.min(...values), Math.max(...values)];
  return [values.length, rounded(sum), rounded(minimum), rounded(maximum)];
}

/** Of more digits than these nobody reads anything. */
function rounded(value: number): number {
  return Number(value.toFixed(3));
}
