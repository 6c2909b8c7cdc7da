/** A statistic of a metric, as CloudWatch has it: a value for each period. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum";
}

/**
 * A series that is worked out from metrics, in CloudWatch's metric math, whose variables are the keys of
 * `metrics`: `flows / healthy`.
 */
export interface MetricMath {
  readonly expression: string;
  readonly metrics: Readonly<Record<string, Metric>>;
}

/**
 * Lines of the log that are counted as a metric, by a metric filter of CloudWatch Logs. Of a minute with
 * lines of which none counts it says 0 (`default_value`): without, anomaly detection of what is rare would
 * know nothing that is usual, and never ring.
 */
export interface LogMetric {
  /** The metric's name; its namespace is the fleet's. */
  readonly name: string;
  /** Which lines count, in the language of metric filters for JSON: `{ $.event = "rules" }`. */
  readonly pattern: string;
}

/** What a fleet's metrics are called: literals on a rehearsal, references on AWS. */
export interface FleetDimensions {
  readonly clusterName: string;
  readonly serviceName: string;
  /** `LoadBalancer` and `TargetGroup`, the ends of their ARNs. */
  readonly loadBalancer: string;
  readonly targetGroup: string;
  /** The zones of the service's private subnets. */
  readonly availabilityZones: readonly string[];
  /** The fleet's own; none where the way out is somebody else's. */
  readonly natGatewayIds: readonly string[];
  /** The namespace of the metrics that are counted from the log. */
  readonly logNamespace: string;
}
