import type { AlarmDefinition } from "../../../../src/fleet/monitoring/alarm";
import type { Recording, StatisticSet } from "../../../../src/tools/rehearsal/metrics/recording";
import { ringing } from "../../../../src/tools/rehearsal/metrics/ringing";

const METRIC = { namespace: "AWS/ECS", name: "CPUUtilization", dimensions: { A: "1", B: "2" } };

const ALARM: AlarmDefinition = {
  id: "busy",
  notice: "",
  command: "",
  series: { ...METRIC, dimensions: { B: "2", A: "1" }, statistic: "Average" },
  periodSeconds: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  rings: { when: "above", threshold: 50 },
  missingData: "notBreaching",
};

/** A value a minute. */
function recorded(...values: readonly (number | null)[]): Recording {
  const points = values.map((value): StatisticSet | null =>
    value === null ? null : [1, value, value, value],
  );
  return { begin: "", periods: values.length, metrics: [{ ...METRIC, points }] };
}

const rings = (alarm: Partial<AlarmDefinition>, recording: Recording, usual = recorded(10, 10)) =>
  ringing([{ ...ALARM, ...alarm }], recording, usual).length > 0;

test("so many of the last data points must be beyond the threshold", () => {
  expect(rings({}, recorded(60, 10, 60))).toBe(true);
  expect(rings({}, recorded(60, 10, 10, 60))).toBe(false);
  expect(rings({}, recorded(60))).toBe(false);
});

test("data points before the recording count", () => {
  expect(rings({}, recorded(60), recorded(10, 60))).toBe(true);
  // What rang before and is over does not ring.
  expect(rings({}, recorded(10, 10), recorded(60, 60, 10))).toBe(false);
});

test.each([
  ["above", 60, false],
  ["atLeast", 60, true],
  ["below", 60, false],
  ["atMost", 60, true],
  ["above", 59, true],
  ["below", 61, true],
] as const)("%s %d", (when, threshold, expected) => {
  expect(rings({ rings: { when, threshold } }, recorded(60, 60), recorded(60))).toBe(expected);
});

test("what is missing counts as the alarm says", () => {
  expect(rings({}, recorded(null, null, null))).toBe(false);
  expect(rings({ missingData: "missing" }, recorded(null, null, 60))).toBe(false);
  expect(rings({ missingData: "breaching" }, recorded(null, null))).toBe(true);
});

test("a metric by another name, or with other dimensions, has no data", () => {
  const other = (changes: object) => ({ series: { ...METRIC, statistic: "Average", ...changes } });
  const ringsAs = (changes: object) => rings(other(changes) as object, recorded(60, 60));
  expect(ringsAs({})).toBe(true);
  expect(ringsAs({ name: "CpuUtilization" })).toBe(false);
  expect(ringsAs({ dimensions: { A: "1" } })).toBe(false);
  expect(ringsAs({ namespace: "ECS" })).toBe(false);
});

test("a period of several minutes has the statistic of all of them", () => {
  const alarm = { periodSeconds: 180, evaluationPeriods: 1, datapointsToAlarm: 1 };
  expect(rings(alarm, recorded(10, 100, 50))).toBe(true);
  expect(rings(alarm, recorded(10, 100, 30))).toBe(false);
  // Before the first minute there was no period of three.
  expect(rings(alarm, recorded(100), recorded(100))).toBe(false);
});

test.each([
  ["Sum", 12],
  ["SampleCount", 4],
  ["Average", 3],
  ["Minimum", 1],
  ["Maximum", 5],
] as const)("%s", (statistic, value) => {
  const recording = { ...recorded(0), metrics: [{ ...METRIC, points: [[4, 12, 1, 5] as const] }] };
  const at = (threshold: number) =>
    rings(
      {
        series: { ...METRIC, statistic },
        ...{ evaluationPeriods: 1, datapointsToAlarm: 1 },
        rings: { when: "atLeast", threshold },
      },
      recording,
    );
  expect([at(value), at(value + 0.1)]).toEqual([true, false]);
});

test("a band is as wide as what is usual varies", () => {
  const usual = recorded(10, 20, 10, 20);
  const band = { when: "aboveBand", deviations: 2 } as const;
  expect(rings({ rings: band }, recorded(26, 26), usual)).toBe(true);
  expect(rings({ rings: band }, recorded(25, 25), usual)).toBe(false);
  const low = { when: "belowBand", deviations: 2 } as const;
  expect(rings({ rings: low }, recorded(4, 4), usual)).toBe(true);
  expect(rings({ rings: low }, recorded(5, 5), usual)).toBe(false);
});

test("metric math", () => {
  const series = {
    expression: "IF(cpu > 50, 1, 0)",
    metrics: { cpu: { ...METRIC, statistic: "Maximum" as const } },
  };
  const alarm = { series, rings: { when: "atLeast", threshold: 1 } } as const;
  expect(rings(alarm, recorded(51, 51))).toBe(true);
  expect(rings(alarm, recorded(50, 50))).toBe(false);
});
