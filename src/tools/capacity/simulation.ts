import type { TaskCapacity } from "./task-size";
import type { Trace } from "./trace";
import { Tracking, type TrackingProps } from "./tracking";

/**
 * How long a new task takes until it gets connections: Fargate, the image, the rules, two health
 * checks. Assumed: AWS publishes no such time, and a rehearsal has no Fargate.
 */
const START_SECONDS = 120;

/** How long the tunnels of a removed task go on: the deregistration delay, and Squid's shutdown lifetime. */
const DRAIN_SECONDS = 200;

const STEP_SECONDS = 5;
const STEPS_PER_MINUTE = 60 / STEP_SECONDS;

export interface Outcome {
  /** New connections, and among them those of clients whose task was removed. */
  readonly arrivals: number;
  /** Those that found no room in the memory of the task that they came to. */
  readonly refused: number;
  /** Those that had room, and waited for CPU. */
  readonly late: number;
  /** The tasks after each minute, starting ones among them. */
  readonly tasks: readonly number[];
}

/** Tasks that began together, and so have as many tunnels each. */
interface Tasks {
  count: number;
  readonly readyAt: number;
  /** The tunnels of each. */
  open: number;
  /** Infinity for tasks that stay. */
  readonly endsAt: number;
}

/**
 * Runs a fleet's auto scaling over a load that it has been used to before. Nothing is drawn by chance:
 * the same arguments have the same outcome, and connections come in fractions, as averages do.
 */
export function simulate(trace: Trace, task: TaskCapacity, props: TrackingProps): Outcome {
  const tracking = new Tracking(props);
  let tasks = [tasksAtBegin(trace, task, props)];
  const outcome = { arrivals: 0, refused: 0, late: 0, tasks: [] as number[] };
  /** What did not get through yet; these clients try again. */
  let waiting = 0;
  for (let minute = 1; minute <= trace.minutes; minute++) {
    let [cpu, flows] = [0, 0];
    for (let step = 0; step < STEPS_PER_MINUTE; step++) {
      const now = (minute - 1) * 60 + step * STEP_SECONDS;
      const wanted = trace.tunnels(now / 60);
      tasks = tasks.filter(({ endsAt }) => endsAt > now);
      close(tasks, trace, wanted);
      waiting = Math.min(waiting, Math.max(0, wanted - openIn(tasks)));
      const arrivals = Math.max(0, wanted - openIn(tasks) - waiting);
      const ready = tasks.filter(({ readyAt, endsAt }) => readyAt <= now && endsAt === Infinity);
      const served = serve(ready, arrivals + waiting, task);
      // Whoever tries again has been counted.
      const share = arrivals / (arrivals + waiting || 1);
      outcome.arrivals += arrivals;
      outcome.refused += served.refused * share;
      outcome.late += served.late * share;
      waiting = served.refused + served.late;
      cpu += utilisation(served.taken, openIn(ready), countOf(ready), trace, task);
      flows += openIn(tasks) / countOf(ready);
    }
    const count = countOf(tasks.filter(({ endsAt }) => endsAt === Infinity));
    const desired = tracking.next(minute, count, {
      cpuPercent: (100 * cpu) / STEPS_PER_MINUTE,
      flows: flows / STEPS_PER_MINUTE,
    });
    const now = minute * 60;
    tasks = remove(tasks, count - desired, now + DRAIN_SECONDS);
    if (desired > count) {
      tasks.push({
        count: desired - count,
        readyAt: now + START_SECONDS,
        open: 0,
        endsAt: Infinity,
      });
    }
    outcome.tasks.push(desired);
  }
  return outcome;
}

/** As many as keep both targets at the first minute's load, if the settings let them. */
function tasksAtBegin(trace: Trace, task: TaskCapacity, props: TrackingProps): Tasks {
  const open = trace.tunnels(0);
  const one = utilisation((open / trace.lifetimeSeconds) * STEP_SECONDS, open, 1, trace, task);
  const needed = Math.max(open / props.targetFlowsPerTask, (100 * one) / props.targetCpuPercent);
  const count = Math.min(props.maxCapacity, Math.max(props.minCapacity, Math.ceil(needed)));
  return {
    count,
    readyAt: 0,
    open: Math.min(task.connections, open / count),
    endsAt: Infinity,
  };
}

/** The youngest get no more connections, and end when their time is over. */
function remove(tasks: readonly Tasks[], surplus: number, endsAt: number): Tasks[] {
  let left = Math.max(0, surplus);
  return tasks
    .toReversed()
    .flatMap((some) => {
      const going = some.endsAt === Infinity ? Math.min(left, some.count) : 0;
      left -= going;
      return [
        { ...some, count: some.count - going },
        { ...some, count: going, endsAt },
      ].filter(({ count }) => count > 0);
    })
    .toReversed();
}

/** Tunnels that end by themselves, and those that clients no longer want. */
function close(tasks: readonly Tasks[], { lifetimeSeconds }: Trace, wanted: number): void {
  const lasting = 1 - Math.min(1, STEP_SECONDS / lifetimeSeconds);
  const remaining = openIn(tasks) * lasting;
  const kept = remaining > wanted ? wanted / remaining : 1;
  for (const some of tasks) some.open *= lasting * kept;
}

/** The load balancer gives each task its share, whether there is room or not. */
function serve(ready: readonly Tasks[], connections: number, task: TaskCapacity) {
  const share = connections / countOf(ready);
  const served = { taken: 0, refused: 0, late: 0 };
  for (const some of ready) {
    const fits = Math.min(share, Math.max(0, task.connections - some.open));
    const taken = Math.min(fits, task.tunnelsPerSecond * STEP_SECONDS);
    some.open += taken;
    served.taken += taken * some.count;
    served.refused += (share - fits) * some.count;
    served.late += (fits - taken) * some.count;
  }
  return served;
}

/** The part of the tasks' CPU that is used, 1 at most. */
function utilisation(
  newTunnels: number,
  open: number,
  tasks: number,
  { megabytesPerSecondAndTunnel }: Trace,
  task: TaskCapacity,
): number {
  const forTunnels = newTunnels / STEP_SECONDS / task.tunnelsPerSecond;
  const forBytes = (open * megabytesPerSecondAndTunnel) / task.megabytesPerSecond;
  return Math.min(1, (forTunnels + forBytes) / tasks);
}

function openIn(tasks: readonly Tasks[]): number {
  return tasks.reduce((sum, { count, open }) => sum + count * open, 0);
}

function countOf(tasks: readonly Tasks[]): number {
  return tasks.reduce((sum, { count }) => sum + count, 0);
}
