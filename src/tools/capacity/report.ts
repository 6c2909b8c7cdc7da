import { table } from "../../common/markdown";
import { dollarsPerHour, servesAll, type Plan } from "./recommendation";
import { simulate } from "./simulation";
import type { Trace } from "./trace";

const HEADER = ["load", "new connections", "refused", "late", "tasks at first", "most tasks"];

/** What becomes of new connections with a plan, for people. */
export function report(plan: Plan, loads: readonly Trace[]): string {
  const { task, tracking } = plan;
  const rows = loads.map((load) => {
    const { arrivals, refused, late, tasks } = simulate(load, task, tracking);
    const counts = [arrivals, refused, late, tasks[0]!, Math.max(...tasks)];
    return [load.name, ...counts.map((count) => Math.round(count).toLocaleString("en"))];
  });
  return [
    `A task of ${task.cpu / 1024} vCPU and ${task.memoryMiB} MiB holds ${task.connections} connections, ` +
      `and takes ${Math.floor(task.tunnelsPerSecond)} new tunnels a second.`,
    `Auto scaling keeps ${tracking.minCapacity} to ${tracking.maxCapacity} of them at ` +
      `${tracking.targetFlowsPerTask} connections and ${tracking.targetCpuPercent} % CPU each:`,
    "",
    table(
      HEADER,
      rows,
      HEADER.map((_, column) => (column === 0 ? "left" : "right")),
    ),
  ].join("\n");
}

/** What to set instead, for people. */
export function advice(
  current: Plan,
  recommended: Plan | undefined,
  loads: readonly Trace[],
  day: Trace,
): string {
  const costs = (plan: Plan) => dollarsPerHour(plan, simulate(day, plan.task, plan.tracking));
  const dollars = (plan: Plan) => `${costs(plan).toFixed(3)} dollars an hour`;
  const serves = loads.every((load) => servesAll(simulate(load, current.task, current.tracking)));
  if (recommended === undefined) {
    return "None of the sizes and numbers of tasks that were tried serves all of them at once: split the load between fleets.";
  }
  if (serves && costs(current) <= costs(recommended)) {
    return `These settings serve all new connections at once, for ${dollars(current)} on such a day, and nothing that was tried is cheaper.`;
  }
  const { cpu, memoryMiB } = recommended.task;
  const { minCapacity, maxCapacity, targetFlowsPerTask } = recommended.tracking;
  const service = {
    ...{ cpu, memoryMiB, desiredCount: minCapacity },
    ...{ minCapacity, maxCapacity, targetFlowsPerTask },
  };
  return [
    `The cheapest that serves all new connections at once, for ${dollars(recommended)} on such a day (these settings: ${dollars(current)}):`,
    "",
    `  "service": ${JSON.stringify(service, null, 1).replaceAll(/\n */g, " ")}`,
  ].join("\n");
}
