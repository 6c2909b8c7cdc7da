import type { SquidMemoryProps } from "../../fleet/squid/squid-memory";
import { simulate, type Outcome } from "./simulation";
import { taskCapacity, type TaskCapacity, type TaskSize } from "./task-size";
import type { Trace } from "./trace";
import type { TrackingProps } from "./tracking";

/** The smallest sizes that Fargate offers, each with the memory to try. */
const SIZES: readonly TaskSize[] = [
  { cpu: 256, memoryMiB: 512 },
  { cpu: 256, memoryMiB: 1024 },
  { cpu: 256, memoryMiB: 2048 },
  { cpu: 512, memoryMiB: 1024 },
  { cpu: 512, memoryMiB: 4096 },
  { cpu: 1024, memoryMiB: 2048 },
  { cpu: 1024, memoryMiB: 8192 },
];

/** The parts of a task's connections that are tried as targets. */
const TARGET_SHARES = [0.4, 0.5, 0.6, 0.7, 0.8];

/** One for each of two zones, and the most that are tried. */
const LEAST_TASKS = 2;
const MOST_TASKS = 40;

export interface RecommendationProps {
  /** All of which are to be served. */
  readonly loads: readonly Trace[];
  /** The one by which costs are compared. */
  readonly day: Trace;
  readonly proxy: Omit<SquidMemoryProps, keyof TaskSize>;
  /** What stays as it is: the target of the CPU, and the cooldowns. */
  readonly tracking: TrackingProps;
}

export interface Plan {
  readonly task: TaskCapacity;
  readonly tracking: TrackingProps;
}

/** What the tasks cost in an hour of a load, on average. */
export function dollarsPerHour({ task }: Plan, { tasks }: Outcome): number {
  return (task.dollarsPerHour * tasks.reduce((sum, count) => sum + count, 0)) / tasks.length;
}

/** Whether all new connections were served at once. */
export function servesAll({ refused, late }: Outcome): boolean {
  // Fractions add up to a little more or less than they should.
  return refused + late < 1;
}

/**
 * The cheapest plan, by a day's load, that serves all new connections of all loads at once; none if
 * there is none among the sizes and numbers that are tried.
 */
export function recommend({ loads, day, proxy, tracking }: RecommendationProps): Plan | undefined {
  let best: { readonly plan: Plan; readonly dollars: number } | undefined;
  for (const size of SIZES) {
    const task = taskCapacity(size, proxy);
    for (const share of TARGET_SHARES) {
      const targetFlowsPerTask = Math.floor(task.connections * share);
      const most = { ...tracking, targetFlowsPerTask, maxCapacity: MOST_TASKS };
      // With more tasks than that at any time, it is not the cheapest.
      const limit = (best?.dollars ?? Infinity) / task.dollarsPerHour;
      const minCapacity = leastTasks(loads, task, most, Math.min(MOST_TASKS, Math.floor(limit)));
      if (minCapacity === undefined) continue;
      const tasks = (load: Trace) => simulate(load, task, { ...most, minCapacity }).tasks;
      const maxCapacity = Math.max(tracking.maxCapacity, ...loads.flatMap(tasks));
      const plan = { task, tracking: { ...most, minCapacity, maxCapacity } };
      const dollars = dollarsPerHour(plan, simulate(day, task, plan.tracking));
      if (best === undefined || dollars < best.dollars) best = { plan, dollars };
    }
  }
  return best?.plan;
}

/** The lowest `minCapacity` up to a limit that serves all, found by halves: more tasks never serve less. */
function leastTasks(
  loads: readonly Trace[],
  task: TaskCapacity,
  tracking: TrackingProps,
  limit: number,
): number | undefined {
  const isEnough = (minCapacity: number) =>
    loads.every((load) => servesAll(simulate(load, task, { ...tracking, minCapacity })));
  if (limit < LEAST_TASKS || !isEnough(limit)) return undefined;
  let [tooFew, enough] = [LEAST_TASKS - 1, limit];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
