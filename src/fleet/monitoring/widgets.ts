import type { Metric, MetricMath } from "./metric";
import type { SavedQuery } from "./saved-query";

/*
 * Parts of a dashboard, in the words of its JSON.
 * Source: "Dashboard body structure and syntax", Amazon CloudWatch API reference.
 */

/** How many columns a dashboard has. */
const COLUMNS = 24;

export interface Widget {
  readonly type: "text" | "metric" | "log" | "alarm";
  readonly properties: object;
}

/** A row of widgets of one width. */
export interface Row {
  readonly height: number;
  readonly widgets: readonly Widget[];
}

/** What a graph draws: its label, and the series. */
export type Line = readonly [label: string, series: Metric | MetricMath];

export interface GraphProps {
  readonly title: string;
  readonly region: string;
  readonly lines: readonly Line[];
  /** Straight lines, by their labels. */
  readonly limits?: Readonly<Record<string, number>>;
  /** @default 60 */
  readonly periodSeconds?: number;
  /**
   * `"graph"`, or `"total"`: a number for all of the time that is shown.
   * @default "graph"
   */
  readonly view?: "graph" | "total";
}

export function text(markdown: string): Widget {
  return { type: "text", properties: { markdown } };
}

export function graph(props: GraphProps): Widget {
  const { title, region, lines, limits = {}, periodSeconds = 60, view = "graph" } = props;
  const horizontal = Object.entries(limits).map(([label, value]) => ({ label, value }));
  return {
    type: "metric",
    properties: {
      title,
      region,
      ...(view === "graph"
        ? { view: "timeSeries" }
        : { view: "singleValue", setPeriodToTimeRange: true }),
      period: periodSeconds,
      metrics: lines.flatMap(([label, series], index) => metrics(label, series, index)),
      yAxis: { left: { min: 0 } },
      ...(horizontal.length > 0 && { annotations: { horizontal } }),
    },
  };
}

/** The answer to a query of the log, as a table, or over time where it has `bin`. */
export function answer(
  { title, query }: SavedQuery,
  props: { readonly region: string; readonly logGroupName: string },
): Widget {
  return {
    type: "log",
    properties: {
      title,
      region: props.region,
      view: query.includes("bin(") ? "timeSeries" : "table",
      query: `SOURCE '${props.logGroupName}' | ${query}`,
    },
  };
}

/** The state of alarms, by their ARNs. */
export function alarmStates(title: string, alarms: readonly string[]): Widget {
  return { type: "alarm", properties: { title, alarms } };
}

/** The JSON of a dashboard of these rows. */
export function dashboardBody(rows: readonly Row[]): string {
  let y = 0;
  const widgets = rows.flatMap(({ height, widgets: row }) => {
    const width = COLUMNS / row.length;
    const placed = row.map((widget, i) => ({ x: i * width, y, width, height, ...widget }));
    y += height;
    return placed;
  });
  return JSON.stringify({ widgets });
}

function metrics(label: string, series: Metric | MetricMath, index: number): unknown[] {
  if (!("expression" in series)) return [metric(series, { label })];
  // Ids are those of the whole graph.
  const idOf = (id: string) => `${id}${index}`;
  const expression = series.expression.replaceAll(/\b[a-z]\w*/g, idOf);
  return [
    ...Object.entries(series.metrics).map(([id, one]) =>
      metric(one, { id: idOf(id), visible: false }),
    ),
    [{ expression, label, id: idOf("result") }],
  ];
}

function metric({ namespace, name, dimensions, statistic }: Metric, options: object): unknown[] {
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat: statistic, ...options }];
}
