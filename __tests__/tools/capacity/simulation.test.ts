import fc from "fast-check";
import { servesAll } from "../../../src/tools/capacity/recommendation";
import { simulate } from "../../../src/tools/capacity/simulation";
import type { TaskCapacity } from "../../../src/tools/capacity/task-size";
import { traces, type Trace } from "../../../src/tools/capacity/trace";
import { Tracking, type TrackingProps } from "../../../src/tools/capacity/tracking";

const TASK: TaskCapacity = {
  cpu: 256,
  memoryMiB: 512,
  connections: 470,
  tunnelsPerSecond: 350,
  megabytesPerSecond: 100,
  dollarsPerHour: 0.01,
};

const TRACKING: TrackingProps = {
  minCapacity: 2,
  maxCapacity: 10,
  targetCpuPercent: 75,
  targetFlowsPerTask: 280,
  scaleInCooldownSeconds: 300,
  scaleOutCooldownSeconds: 60,
};

const load = (tunnels: (minute: number) => number, minutes = 60): Trace => ({
  name: "test",
  minutes,
  tunnels,
  lifetimeSeconds: 60,
  megabytesPerSecondAndTunnel: 0,
});

describe("target tracking", () => {
  /** The tasks after each of the minutes, from two on. */
  const follow = (datapoints: readonly (readonly [cpuPercent: number, flows: number])[]) => {
    const tracking = new Tracking(TRACKING);
    let desired = 2;
    return datapoints.map(([cpuPercent, flows], minute) => {
      return (desired = tracking.next(minute, desired, { cpuPercent, flows }));
    });
  };
  const minutes = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

  test("adds tasks in proportion, three datapoints and one of delay after there is too much", () => {
    expect(follow(minutes(4, [10, 560]))).toEqual([2, 2, 2, 4]);
    expect(follow(minutes(4, [100, 0]))).toEqual([2, 2, 2, 3]);
  });

  test("follows the policy that wants more", () => {
    expect(follow(minutes(4, [100, 700])).at(-1)).toBe(5);
  });

  test("does not add above the most tasks", () => {
    expect(follow(minutes(30, [10, 5_000])).at(-1)).toBe(10);
  });

  test("removes tasks after fifteen datapoints, if both policies would", () => {
    const many = minutes(3, [10, 560] as const);
    expect(follow([...many, ...minutes(16, [1, 60] as const)]).slice(-2)).toEqual([4, 2]);
    expect(follow([...many, ...minutes(30, [70, 60] as const)]).at(-1)).toBe(4);
  });

  test("pauses after a change", () => {
    const paused = new Tracking({ ...TRACKING, scaleOutCooldownSeconds: 600 });
    let desired = 2;
    for (let minute = 0; minute < 12; minute++) {
      desired = paused.next(minute, desired, { cpuPercent: 0, flows: 560 });
    }
    expect(desired).toBe(4);
  });
});

describe("a simulation", () => {
  test("of a steady load that fits changes nothing, and counts its new connections", () => {
    const { arrivals, refused, late, tasks } = simulate(
      load(() => 400),
      TASK,
      TRACKING,
    );
    expect({ refused, late, tasks: new Set(tasks) }).toEqual({
      refused: 0,
      late: 0,
      tasks: new Set([2]),
    });
    // Of 400 tunnels, each open for a minute, 400 are made anew in each.
    expect(arrivals).toBeCloseTo(400 * 60, 0);
  });

  test("of a step refuses what has no room, until new tasks take part", () => {
    const step = load((minute) => (minute < 10 ? 300 : 1_500));
    const { refused, tasks } = simulate(step, TASK, TRACKING);
    // Two tasks hold 940.
    expect(refused).toBeGreaterThan(560);
    expect(tasks.slice(0, 13)).toEqual(Array.from({ length: 13 }, () => 2));
    expect(Math.max(...tasks)).toBeGreaterThan(4);
    const [more] = [simulate(step, TASK, { ...TRACKING, minCapacity: 4 })];
    expect(more.refused).toBe(0);
  });

  test("of idle tunnels adds tasks for them alone", () => {
    const { loads } = traces({ tunnels: 1_200, lifetimeSeconds: 60, megabytesPerSecond: 0 });
    const flood = loads.find(({ name }) => name.startsWith("flood"))!;
    expect(Math.max(...simulate(flood, TASK, TRACKING).tasks)).toBeGreaterThan(4);
    const blind = { ...TRACKING, targetFlowsPerTask: 1_000_000 };
    expect(Math.max(...simulate(flood, TASK, blind).tasks)).toBe(2);
  });

  test("has connections that are late where the CPU is too slow", () => {
    const slow = { ...TASK, tunnelsPerSecond: 1 };
    const { refused, late } = simulate(
      load(() => 400),
      slow,
      { ...TRACKING, maxCapacity: 2 },
    );
    expect(refused).toBe(0);
    expect(late).toBeGreaterThan(1_000);
  });

  const anyLoad = fc
    .record({
      tunnels: fc.integer({ min: 1, max: 20_000 }),
      lifetimeSeconds: fc.integer({ min: 1, max: 3_600 }),
      megabytesPerSecond: fc.integer({ min: 0, max: 1_000 }),
    })
    .chain((peak) => fc.constantFrom(...traces(peak).loads.filter(({ minutes }) => minutes < 500)));
  const anyTracking = fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 20 }))
    .map(([minCapacity, more]) => ({
      ...TRACKING,
      minCapacity,
      maxCapacity: minCapacity + more,
    }));

  test("of any load keeps to the settings, counts no failure twice, and is the same again", () => {
    fc.assert(
      fc.property(anyLoad, anyTracking, (trace, tracking) => {
        const outcome = simulate(trace, TASK, tracking);
        const { arrivals, refused, late, tasks } = outcome;
        expect(Math.min(...tasks)).toBeGreaterThanOrEqual(tracking.minCapacity);
        expect(Math.max(...tasks)).toBeLessThanOrEqual(tracking.maxCapacity);
        expect(Math.min(refused, late)).toBeGreaterThanOrEqual(0);
        expect(refused + late).toBeLessThanOrEqual(arrivals + 1e-6);
        expect(simulate(trace, TASK, tracking)).toEqual(outcome);
      }),
      { numRuns: 50 },
    );
  });

  test("serves all with one task more, where it does", () => {
    fc.assert(
      fc.property(anyLoad, fc.integer({ min: 1, max: 20 }), (trace, count) => {
        const serves = (tasks: number) =>
          servesAll(simulate(trace, TASK, { ...TRACKING, minCapacity: tasks, maxCapacity: tasks }));
        expect(!serves(count) || serves(count + 1)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
