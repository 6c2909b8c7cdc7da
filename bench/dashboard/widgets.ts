import { dashboardRows } from "../../src/fleet/monitoring/dashboard-rows";
import type { Metric } from "../../src/fleet/monitoring/metric";
import { dashboardBody } from "../../src/fleet/monitoring/widgets";
import { defaultTargetFlowsPerTask } from "../../src/fleet/proxy/auto-scaling";
import { squidMemory } from "../../src/fleet/squid/squid-memory";
import { MAX_PROXIES } from "../../src/tools/rehearsal/haproxy";
import { REHEARSED } from "../../src/tools/rehearsal/metrics/recording";
import { PROXIES, rehearsedAlarms } from "../../src/tools/rehearsal/metrics/rehearsed-alarms";
import { settings } from "./scenario";

export interface Limit {
  readonly label: string;
  readonly value: number;
}

/** A widget with its place on the dashboard, in columns and rows of the grid. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The part of a dashboard's JSON that the fleet's has. */
export interface Widget extends Place {
  readonly type: "text" | "metric" | "log" | "alarm";
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    readonly query?: string;
    readonly view?: "timeSeries" | "singleValue" | "table";
    readonly metrics?: readonly (readonly unknown[])[];
    readonly annotations?: { readonly horizontal: readonly Limit[] };
  };
}

export interface MetricOptions {
  readonly label?: string;
  readonly id?: string;
  readonly expression?: string;
  readonly visible?: boolean;
  readonly stat?: Metric["statistic"];
}

/** The JSON that CloudWatch gets, of the rehearsed fleet. */
export function dashboard(): readonly Widget[] {
  const { service, proxy } = settings();
  const memory = squidMemory({ ...proxy, ...service });
  const rows = dashboardRows({
    region: "us-east-1",
    logGroupName: "rehearsal",
    dimensions: REHEARSED,
    minCapacity: PROXIES,
    maxCapacity: MAX_PROXIES,
    targetCpuPercent: service.targetCpuPercent,
    targetFlowsPerTask: defaultTargetFlowsPerTask(memory.maxConnections),
    containerInsights: "disabled",
    alarmArns: rehearsedAlarms({ service, proxy }).map(({ id }) => id),
    ...memory,
  });
  return (JSON.parse(dashboardBody(rows)) as { readonly widgets: readonly Widget[] }).widgets;
}
