import { runQuery } from "../../__tests__/helpers/logs-insights";
import type { Metric } from "../../src/fleet/monitoring/metric";
import type { Recorded } from "../../src/tools/rehearsal/metrics/recorder";
import { PERIOD_SECONDS, type Recording } from "../../src/tools/rehearsal/metrics/recording";
import { rehearsedAlarms } from "../../src/tools/rehearsal/metrics/rehearsed-alarms";
import { ringing, seriesOf } from "../../src/tools/rehearsal/metrics/ringing";
import { QUIET_MINUTES, settings } from "./scenario";
import { dashboard, type Limit, type MetricOptions, type Place, type Widget } from "./widgets";

/** A value at a time, in milliseconds since 1970. */
type Point = readonly [time: number, value: number];

export interface Line {
  readonly label: string;
  readonly points: readonly Point[];
}

/** What a widget shows. */
export type Figure =
  | { readonly kind: "text"; readonly markdown: string }
  | { readonly kind: "alarms"; readonly alarms: Readonly<Record<string, "rang" | "silent">> }
  | { readonly kind: "graph"; readonly lines: readonly Line[]; readonly limits: readonly Limit[] }
  | { readonly kind: "numbers"; readonly numbers: Readonly<Record<string, number | undefined>> }
  | { readonly kind: "table"; readonly rows: readonly Readonly<Record<string, unknown>>[] };

export interface Drawn extends Place {
  readonly title: string;
  readonly figure: Figure;
}

/** What the fleet's dashboard shows of a recording, widget by widget. */
export function figures(recorded: Recorded): Drawn[] {
  return dashboard().map(({ type, properties, ...place }) => {
    const { title = "" } = properties;
    const figure = { text, alarm, metric, log }[type](properties, recorded);
    return { ...place, title, figure };
  });
}

function text({ markdown = "" }: Widget["properties"]): Figure {
  return { kind: "text", markdown };
}

/** Which alarms ring at any time after the quiet minutes, which are what is usual. */
function alarm({ alarms: ids = [] }: Widget["properties"], { recording }: Recorded): Figure {
  const usual = part(recording, 0, QUIET_MINUTES);
  const rang = ringing(
    rehearsedAlarms(settings()),
    part(recording, QUIET_MINUTES, recording.periods),
    usual,
  );
  const states = ids.map((id) => [id, rang.includes(id) ? "rang" : "silent"] as const);
  return { kind: "alarms", alarms: Object.fromEntries(states) };
}

function part({ begin, metrics }: Recording, from: number, to: number): Recording {
  return {
    begin: new Date(Date.parse(begin) + from * PERIOD_SECONDS * 1_000).toISOString(),
    periods: to - from,
    metrics: metrics.map((metric) => ({ ...metric, points: metric.points.slice(from, to) })),
  };
}

function metric(properties: Widget["properties"], { recording }: Recorded): Figure {
  const { metrics = [], annotations, view } = properties;
  const entries = metrics.map((entry) => ({ entry, options: entry.at(-1) as MetricOptions }));
  const named = Object.fromEntries(
    entries.flatMap(({ entry, options }) =>
      options.id === undefined || options.expression !== undefined
        ? []
        : [[options.id, metricOf(entry)] as const],
    ),
  );
  const shown = entries.filter(({ options }) => options.visible !== false);
  const minutes = view === "singleValue" ? recording.periods : 1;
  const lines = shown.map(({ entry, options: { label = "", expression } }) => {
    const series = expression === undefined ? metricOf(entry) : { expression, metrics: named };
    return { label, values: seriesOf(series, [recording], minutes) };
  });
  if (view === "singleValue") {
    const numbers = lines.map(({ label, values }) => [label, values.at(-1)] as const);
    return { kind: "numbers", numbers: Object.fromEntries(numbers) };
  }
  const begin = Date.parse(recording.begin);
  return {
    kind: "graph",
    limits: annotations?.horizontal ?? [],
    lines: lines.map(({ label, values }) => ({
      label,
      points: values.flatMap((value, period): Point[] =>
        value === undefined ? [] : [[begin + period * PERIOD_SECONDS * 1_000, value]],
      ),
    })),
  };
}

/** Of `[namespace, name, dimension, value, …, options]`. */
function metricOf(entry: readonly unknown[]): Metric {
  const [namespace = "", name = "", ...names] = entry.slice(0, -1).map(String);
  return {
    namespace,
    name,
    dimensions: Object.fromEntries(
      names.flatMap((key, index) => (index % 2 === 0 ? [[key, names[index + 1]!]] : [])),
    ),
    statistic: (entry.at(-1) as MetricOptions).stat!,
  };
}

function log({ query = "", view }: Widget["properties"], recorded: Recorded): Figure {
  const { rows } = runQuery(query.replace(/^SOURCE '[^']*' \| /, ""), recorded.log);
  if (view === "table") return { kind: "table", rows };
  const [time = "", ...labels] = Object.keys(rows[0] ?? {});
  return {
    kind: "graph",
    limits: [],
    lines: labels.map((label) => ({
      label,
      points: rows.flatMap((row): Point[] =>
        row[label] === undefined ? [] : [[Date.parse(String(row[time])), Number(row[label])]],
      ),
    })),
  };
}
