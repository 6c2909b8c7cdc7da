import { alarmDefinitions } from "../../../src/fleet/monitoring/alarms";
import { fleetMetrics } from "../../../src/fleet/monitoring/fleet-metrics";
import { LOG_METRICS, type LogMetricName } from "../../../src/fleet/monitoring/log-metrics";
import type { FleetDimensions, Metric } from "../../../src/fleet/monitoring/metric";
import {
  statisticSet,
  type RecordedMetric,
  type Recording,
} from "../../../src/tools/rehearsal/metrics/recording";
import { ringing } from "../../../src/tools/rehearsal/metrics/ringing";

/**
 * The alarms that no fault of a rehearsal rings, over metrics that are made up: what CloudWatch would have of a
 * fleet of two tasks in two zones, one of which something happens to.
 */

const DIMENSIONS: FleetDimensions = {
  clusterName: "cluster",
  serviceName: "service",
  loadBalancer: "net/nlb/0",
  targetGroup: "targetgroup/tg/0",
  availabilityZones: ["zone-a", "zone-b"],
  natGatewayIds: ["nat-a", "nat-b"],
  logNamespace: "fleet",
};

const ALARMS = alarmDefinitions({
  logGroupName: "fleet",
  dimensions: DIMENSIONS,
  minCapacity: 2,
  maxCapacity: 4,
  maxConnections: 470,
});

const { healthyTasks, unhealthyTasks, activeFlows, portAllocationErrors, logged } =
  fleetMetrics(DIMENSIONS);
const [flowsOfA, flowsOfB] = Object.values(activeFlows.metrics);

/** What is published in a minute, by whichever node; nothing where nobody publishes. */
type Minutes = (minute: number) => readonly number[];

/** A metric, and what becomes of it. */
type Change = readonly [metric: Metric, minutes: Minutes];

const always =
  (...values: number[]): Minutes =>
  () =>
    values;

/** The number in each of the first minutes, then the usual one. */
const first = (minutes: number, value: number, usual: number): Minutes => {
  return (minute) => [minute < minutes ? value : usual];
};

/** How often a task confirms its rules: squid/rules/fetcher.c. */
const CONFIRMATION_MINUTES = 55;
const confirmations =
  (...tasks: readonly number[]): Minutes =>
  (minute) =>
    // The filter's default of 0, and 1 for each line.
    [0, ...tasks.filter((begin) => minute % CONFIRMATION_MINUTES === begin).map(() => 1)];

const LOGGED: Readonly<Record<LogMetricName, Minutes>> = {
  Requests: always(1_000),
  Tunnels: always(800),
  Denied: (minute) => [minute % 5],
  Failed: (minute) => [minute % 3],
  ConnectionLimit: always(0),
  RulesConfirmed: confirmations(7, 31),
  RulesRejected: always(0),
  LogLosses: always(0),
};

/** A fleet that is well: each node of the load balancer sees both tasks. */
const WELL: readonly Change[] = [
  ...[healthyTasks(), healthyTasks("zone-a"), healthyTasks("zone-b")].map((metric): Change => {
    return [metric, always(2, 2)];
  }),
  [unhealthyTasks, always(0, 0)],
  ...[flowsOfA!, flowsOfB!].map((metric): Change => [metric, (minute) => [60 + (minute % 20) * 4]]),
  ...DIMENSIONS.natGatewayIds.map((id): Change => [portAllocationErrors(id), always(0)]),
  ...LOG_METRICS.map(({ name }): Change => [logged(name), LOGGED[name]]),
];

function recorded(periods: number, ...changes: readonly Change[]): Recording {
  const same = ([metric]: Change) => JSON.stringify([metric.name, metric.dimensions]);
  const changed = changes.map(same);
  const all = [...WELL.filter((change) => !changed.includes(same(change))), ...changes];
  const metrics = all.map(([{ namespace, name, dimensions }, minutes]): RecordedMetric => ({
    ...{ namespace, name, dimensions },
    points: Array.from({ length: periods }, (_, minute) => statisticSet(minutes(minute))),
  }));
  return { begin: "", periods, metrics };
}

const USUAL = recorded(120);

const rung = (periods: number, ...changes: readonly Change[]) =>
  ringing(ALARMS, recorded(periods, ...changes), USUAL);

test("a fleet that is well rings none", () => {
  expect(rung(240)).toEqual([]);
});

describe.each(["zone-1-without-task", "zone-2-without-task"])("%s", (id) => {
  const metric = healthyTasks(id === "zone-1-without-task" ? "zone-a" : "zone-b");

  test.each<[string, Minutes, boolean]>([
    ["no task there for three minutes", first(3, 0, 2), true],
    ["for two", first(2, 0, 2), false],
    ["no target at all, which reports nothing", always(), true],
    ["a node that sees none, beside one that does", always(0, 1), false],
  ])("%s", (_, minutes, rings) => {
    expect(rung(10, [metric, minutes])).toEqual(rings ? [id] : []);
  });
});

describe("scaling-at-maximum", () => {
  test.each<[string, Minutes, boolean]>([
    ["as many tasks as there may be for a quarter of an hour", first(15, 4, 2), true],
    ["for a minute less, as in a deployment", first(14, 4, 2), false],
    ["one task less", always(3), false],
  ])("%s", (_, minutes, rings) => {
    expect(rung(20, [healthyTasks(), minutes])).toEqual(rings ? ["scaling-at-maximum"] : []);
  });
});

describe("traffic-ceased", () => {
  const both = (minutes: Minutes): Change[] => [
    [flowsOfA!, minutes],
    [flowsOfB!, minutes],
  ];

  test.each<[string, Change[], boolean]>([
    ["hardly a connection for a quarter of an hour", both(first(15, 2, 100)), true],
    ["none", both(first(15, 0, 100)), true],
    ["for ten minutes", both(first(10, 2, 100)), false],
    [
      "all clients in one zone",
      [
        [flowsOfA!, always(0)],
        [flowsOfB!, always(200)],
      ],
      false,
    ],
    ["none in one zone", [[flowsOfA!, always(0)]], false],
    ["as few as now and then", both(always(60)), false],
  ])("%s", (_, changes, rings) => {
    expect(rung(20, ...changes)).toEqual(rings ? ["traffic-ceased"] : []);
  });

  test("a fleet that is idle at times is not called about it", () => {
    const idle = both((minute) => [minute % 60 < 30 ? 100 : 0]);
    const usual = recorded(120, ...idle);
    expect(ringing(ALARMS, recorded(60, ...both(always(0))), usual)).toEqual([]);
  });
});

describe("client-at-connection-limit", () => {
  const refusedIn = (...minutes: number[]): Minutes => {
    return (minute) => (minutes.includes(minute) ? [1, 1, 1] : [0]);
  };

  test.each<[string, Minutes, boolean]>([
    ["429 in three minutes of five", refusedIn(0, 2, 4), true],
    ["in two", refusedIn(0, 4), false],
    ["in three of six", refusedIn(0, 2, 5), false],
    ["nothing logged", always(), false],
  ])("%s", (_, minutes, rings) => {
    const changed = rung(10, [logged("ConnectionLimit"), minutes]);
    expect(changed).toEqual(rings ? ["client-at-connection-limit"] : []);
  });
});

describe.each(["nat-1-without-ports", "nat-2-without-ports"])("%s", (id) => {
  const metric = portAllocationErrors(id === "nat-1-without-ports" ? "nat-a" : "nat-b");

  test.each<[string, Minutes, boolean]>([
    ["no port in two minutes of five", (minute) => [minute % 4 === 0 ? 1 : 0], true],
    ["in one", first(1, 50, 0), false],
    ["no such gateway any more", always(), false],
  ])("%s", (_, minutes, rings) => {
    expect(rung(5, [metric, minutes])).toEqual(rings ? [id] : []);
  });
});

describe("rules-stale", () => {
  test.each<[string, Change[], boolean]>([
    [
      "one task of two does not confirm its rules",
      [[logged("RulesConfirmed"), confirmations(7)]],
      true,
    ],
    ["none does", [[logged("RulesConfirmed"), always(0)]], true],
    ["both do, at once", [[logged("RulesConfirmed"), confirmations(7, 7)]], false],
    [
      "one of four does not",
      [
        [healthyTasks(), always(4)],
        [logged("RulesConfirmed"), confirmations(1, 2, 3)],
      ],
      true,
    ],
    [
      "one has gone, the others do",
      [
        [healthyTasks(), (minute) => [minute < 70 ? 2 : 1]],
        [
          logged("RulesConfirmed"),
          (minute) => confirmations(7, ...(minute < 70 ? [31] : []))(minute),
        ],
      ],
      false,
    ],
  ])("%s", (_, changes, rings) => {
    const without = (id: string) => id !== "scaling-at-maximum" && id !== "too-few-tasks";
    expect(rung(180, ...changes).filter(without)).toEqual(rings ? ["rules-stale"] : []);
  });
});
