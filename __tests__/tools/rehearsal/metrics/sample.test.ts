import { recordingOf, type Sample } from "../../../../src/tools/rehearsal/metrics/sample";

const BEGIN = Date.UTC(2026, 10, 29, 8, 15);
const TASK = { task: "one", cpuPercent: 10, memoryPercent: 20 };

function sample(second: number, changes: Partial<Sample> = {}): Sample {
  return {
    at: BEGIN + second * 1_000,
    healthy: 2,
    unhealthy: 0,
    activeFlows: 30,
    flows: 100,
    bytes: 1_000,
    usage: [TASK],
    ...changes,
  };
}

function line(second: number, fields: object) {
  const timestamp = BEGIN + second * 1_000;
  return { stream: "one", timestamp, message: JSON.stringify(fields) };
}

/** The points of a metric that has no zone. */
function points(name: string, samples: readonly Sample[], log: ReturnType<typeof line>[] = []) {
  const { metrics } = recordingOf({ begin: BEGIN, periods: 2, samples, log });
  const metric = metrics.find((one) => {
    return one.name === name && one.dimensions["AvailabilityZone"] === undefined;
  });
  return metric?.points;
}

test("what is seen several times in a period is kept as a statistic set", () => {
  const samples = [sample(0), sample(59, { healthy: 1 }), sample(60, { unhealthy: 1 })];
  expect(points("HealthyHostCount", samples)).toEqual([
    [2, 3, 1, 2],
    [1, 2, 2, 2],
  ]);
  expect(points("UnHealthyHostCount", samples)).toEqual([
    [2, 0, 0, 0],
    [1, 1, 1, 1],
  ]);
  expect(points("ActiveFlowCount", samples)).toEqual([
    [2, 60, 30, 30],
    [1, 30, 30, 30],
  ]);
});

test("what only grows counts from one period to the next", () => {
  const samples = [
    ...[sample(1), sample(50, { flows: 110, bytes: 1_500 })],
    ...[sample(61, { flows: 120, bytes: 2_000 }), sample(110, { flows: 150, bytes: 2_100 })],
  ];
  expect(points("NewFlowCount", samples)?.map((point) => point?.[1])).toEqual([20, 30]);
  expect(points("ProcessedBytes", samples)?.map((point) => point?.[1])).toEqual([1_000, 100]);
});

test("of a service there is a value for each task that runs at the end of the period", () => {
  const other = { ...TASK, task: "other", cpuPercent: 50 };
  const samples = [
    ...[sample(1, { usage: [TASK, other] }), sample(50, { usage: [{ ...TASK, cpuPercent: 20 }] })],
    sample(70, { usage: [TASK, other] }),
  ];
  expect(points("CPUUtilization", samples)).toEqual([
    [1, 15, 15, 15],
    [2, 60, 10, 50],
  ]);
  expect(points("MemoryUtilization", samples)?.[1]).toEqual([2, 40, 20, 20]);
});

test("lines are counted; none that count are 0, no lines at all are no data", () => {
  const failed = { sequence: 1, status: 503 };
  expect(points("Failed", [], [line(1, failed), line(2, failed)])).toEqual([[2, 2, 1, 1], null]);
  expect(points("Failed", [], [line(61, { sequence: 1, status: 200 })])).toEqual([
    null,
    [1, 0, 0, 0],
  ]);
});

test("the load balancer's are there for its zone, too", () => {
  const { metrics } = recordingOf({ begin: BEGIN, periods: 1, samples: [sample(0)], log: [] });
  const zones = metrics.filter(({ dimensions }) => dimensions["AvailabilityZone"] !== undefined);
  expect(zones.map(({ name }) => name)).toEqual([
    "HealthyHostCount",
    "UnHealthyHostCount",
    "ActiveFlowCount",
    "NewFlowCount",
    "ProcessedBytes",
  ]);
});
