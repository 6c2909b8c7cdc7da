import type { CloudwatchMetricAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { AlarmDefinition } from "./alarm";
import type { Metric } from "./metric";

const OPERATORS = {
  above: "GreaterThanThreshold",
  atLeast: "GreaterThanOrEqualToThreshold",
  below: "LessThanThreshold",
  atMost: "LessThanOrEqualToThreshold",
  aboveBand: "GreaterThanUpperThreshold",
  belowBand: "LessThanLowerThreshold",
} as const;

/** The ids of what is watched, and of the band around what is expected of it. */
const SERIES = "series";
const BAND = "band";

/** The arguments of `aws_cloudwatch_metric_alarm` that say when it rings. */
export function alarmArguments(
  definition: AlarmDefinition,
): Omit<CloudwatchMetricAlarmConfig, "alarmName"> {
  const { id, notice, command, rings } = definition;
  return {
    alarmDescription: [notice, `First: ${command}`, `Then: docs/operations.md, ${id}`].join("\n"),
    comparisonOperator: OPERATORS[rings.when],
    evaluationPeriods: definition.evaluationPeriods,
    datapointsToAlarm: definition.datapointsToAlarm,
    treatMissingData: definition.missingData,
    ...watched(definition),
  };
}

function watched({ series, rings, periodSeconds }: AlarmDefinition) {
  if (!("expression" in series) && "threshold" in rings) {
    const { namespace, name, dimensions, statistic } = series;
    const metric = { namespace, metricName: name, ...some(dimensions), statistic };
    return { ...metric, period: periodSeconds, threshold: rings.threshold };
  }
  const query = (id: string, metric: Metric, returnData: boolean) => ({
    id,
    returnData,
    metric: {
      namespace: metric.namespace,
      metricName: metric.name,
      ...some(metric.dimensions),
      stat: metric.statistic,
      period: periodSeconds,
    },
  });
  const metricQuery =
    "expression" in series
      ? [
          ...Object.entries(series.metrics).map(([id, metric]) => query(id, metric, false)),
          { id: SERIES, expression: series.expression, returnData: true },
        ]
      : [query(SERIES, series, true)];
  if ("threshold" in rings) return { metricQuery, threshold: rings.threshold };
  const expression = `ANOMALY_DETECTION_BAND(${SERIES}, ${rings.deviations})`;
  return {
    metricQuery: [
      ...metricQuery,
      { id: BAND, expression, label: "What is expected", returnData: true },
    ],
    thresholdMetricId: BAND,
  };
}

/** A metric of the log has none. */
function some(dimensions: Metric["dimensions"]) {
  return Object.keys(dimensions).length === 0 ? {} : { dimensions: { ...dimensions } };
}
