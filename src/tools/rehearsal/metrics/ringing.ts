import type { AlarmDefinition } from "../../../fleet/monitoring/alarm";
import type { Metric, MetricMath } from "../../../fleet/monitoring/metric";
import { metricMath, type Series } from "./metric-math";
import { PERIOD_SECONDS, type Recording, type StatisticSet } from "./recording";

/**
 * Which alarms ring at any minute of a recording, by their ids: as CloudWatch finds it, with a window
 * that moves on by a minute, whatever the alarm's period.
 * Sources: "Alarm evaluation", "Alarm evaluation windows" and "Configuring how CloudWatch alarms treat
 * missing data", Amazon CloudWatch User Guide.
 *
 * @param usual what was before: minutes in which all was well. What was still before these is taken to
 * have been good, too. Bands of anomaly detection are their mean and standard deviation, because
 * CloudWatch's own model is not public.
 */
export function ringing(
  definitions: readonly AlarmDefinition[],
  recording: Recording,
  usual: Recording,
): string[] {
  return definitions
    .filter((definition) => rings(definition, recording, usual))
    .map(({ id }) => id);
}

function rings(alarm: AlarmDefinition, recording: Recording, usual: Recording): boolean {
  const minutes = alarm.periodSeconds / PERIOD_SECONDS;
  const series = seriesOf(alarm.series, [usual, recording], minutes);
  const breaches = breaching(alarm, series.slice(0, usual.periods));
  const states = series.map((value, minute) => minute + 1 >= minutes && breaches(value));
  return states.some((_, now) => {
    if (now < usual.periods) return false;
    const window = Array.from(
      { length: alarm.evaluationPeriods },
      (_, period) => states[now - period * minutes],
    );
    return window.filter(Boolean).length >= alarm.datapointsToAlarm;
  });
}

/** Whether a data point is one of those that make the alarm ring. */
function breaching(
  { rings, missingData }: AlarmDefinition,
  usual: Series,
): (value: number | undefined) => boolean {
  const isBeyond = beyond(rings, usual);
  return (value) => (value === undefined ? missingData === "breaching" : isBeyond(value));
}

function beyond(rings: AlarmDefinition["rings"], usual: Series): (value: number) => boolean {
  switch (rings.when) {
    case "above":
      return (value) => value > rings.threshold;
    case "atLeast":
      return (value) => value >= rings.threshold;
    case "below":
      return (value) => value < rings.threshold;
    case "atMost":
      return (value) => value <= rings.threshold;
    case "aboveBand":
    case "belowBand": {
      const { mean, deviation } = distribution(usual);
      const width = rings.deviations * deviation;
      return rings.when === "aboveBand"
        ? (value) => value > mean + width
        : (value) => value < mean - width;
    }
  }
}

function distribution(series: Series): { readonly mean: number; readonly deviation: number } {
  const values = series.filter((value) => value !== undefined);
  const average = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
  const mean = average(values);
  return { mean, deviation: Math.sqrt(average(values.map((value) => (value - mean) ** 2))) };
}

/** The value of so many minutes, at the end of each minute of recordings that follow one another. */
export function seriesOf(
  series: Metric | MetricMath,
  recordings: readonly Recording[],
  minutes: number,
): Series {
  if (!("expression" in series)) return statisticsOf(series, recordings, minutes);
  const variables = Object.entries(series.metrics).map(
    ([name, metric]) => [name, statisticsOf(metric, recordings, minutes)] as const,
  );
  return metricMath(series.expression, Object.fromEntries(variables));
}

function statisticsOf(metric: Metric, recordings: readonly Recording[], minutes: number): Series {
  const points = recordings.flatMap((recording) => pointsOf(metric, recording));
  return points.map((_, minute) => {
    const window = points.slice(Math.max(0, minute + 1 - minutes), minute + 1);
    return statistic(
      metric.statistic,
      window.filter((point) => point !== null),
    );
  });
}

function pointsOf(metric: Metric, { metrics, periods }: Recording) {
  const recorded = metrics.find((other) => keyOf(other) === keyOf(metric));
  return recorded?.points ?? Array.from({ length: periods }, () => null);
}

/** What makes a metric another one, whatever the order of its dimensions. */
function keyOf({ namespace, name, dimensions }: Omit<Metric, "statistic">): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

function statistic(name: Metric["statistic"], sets: readonly StatisticSet[]): number | undefined {
  if (sets.length === 0) return undefined;
  const sum = (index: 0 | 1) => sets.reduce((total, set) => total + set[index], 0);
  switch (name) {
    case "SampleCount":
      return sum(0);
    case "Sum":
      return sum(1);
    case "Average":
      return sum(1) / sum(0);
    case "Minimum":
      return Math.min(...sets.map((set) => set[2]));
    case "Maximum":
      return Math.max(...sets.map((set) => set[3]));
  }
}
