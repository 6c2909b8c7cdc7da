import { alarmDefinitions, type AlarmProps } from "../../../src/fleet/monitoring/alarms";
import type { AlarmDefinition } from "../../../src/fleet/monitoring/alarm";
import { LOG_METRICS } from "../../../src/fleet/monitoring/log-metrics";
import type { Metric } from "../../../src/fleet/monitoring/metric";
import type { Recording } from "../../../src/tools/rehearsal/metrics/recording";
import { ringing } from "../../../src/tools/rehearsal/metrics/ringing";

const PROPS: AlarmProps = {
  dimensions: {
    clusterName: "proxy-cluster",
    serviceName: "proxy-service",
    loadBalancer: "net/proxy-nlb/0123456789abcdef",
    targetGroup: "targetgroup/proxy-tg/0123456789abcdef",
    availabilityZones: ["us-east-1a", "us-east-1b"],
    natGatewayIds: ["nat-1", "nat-2"],
    logNamespace: "proxy",
  },
  logGroupName: "/ecs/proxy-web",
  minCapacity: 2,
  maxCapacity: 10,
  maxConnections: 1000,
};

const idsOf = (alarms: readonly AlarmDefinition[]) => alarms.map(({ id }) => id);

function metricsOf({ series }: AlarmDefinition): Metric[] {
  return "expression" in series ? Object.values(series.metrics) : [series];
}

describe("the alarms", () => {
  const alarms = alarmDefinitions(PROPS);

  test("are one for each zone and each NAT gateway, and one of each other kind", () => {
    expect(idsOf(alarms)).toEqual([
      "zone-1-without-task",
      "zone-2-without-task",
      "too-few-tasks",
      "unhealthy-tasks",
      "flows-near-limit",
      "scaling-at-maximum",
      "refusals-above-usual",
      "failures-above-usual",
      "traffic-ceased",
      "client-at-connection-limit",
      "log-lines-lost",
      "nat-1-without-ports",
      "nat-2-without-ports",
      "rules-rejected",
      "rules-stale",
    ]);
  });

  test("say in a sentence what clients notice, and in a line what to type", () => {
    for (const { notice, command } of alarms) {
      expect(notice).toMatch(
        /^(Clients|A client|Some connections|New connections|Some new connections) .+\.$/,
      );
      expect(command).toMatch(/^(npm run|aws) \S/);
      expect(command).not.toContain("\n");
    }
  });

  test("are about nothing in the log that is not counted", () => {
    const counted: string[] = LOG_METRICS.map(({ name }) => name);
    const logged = alarms.flatMap(metricsOf).filter(({ namespace }) => namespace === "proxy");
    expect(logged).not.toHaveLength(0);
    expect(logged.filter(({ name }) => !counted.includes(name))).toEqual([]);
  });

  test("name in their expressions just the metrics that they have", () => {
    for (const { series } of alarms) {
      if (!("expression" in series)) continue;
      const variables = series.expression.match(/\b[a-z]\w*/g) ?? [];
      expect([...new Set(variables)].sort()).toEqual(Object.keys(series.metrics).sort());
    }
  });

  test("ring when a zone or the fleet reports nothing of its tasks, and else for nothing that is missing", () => {
    const breaching = alarms.filter(({ missingData }) => missingData !== "notBreaching");
    expect(idsOf(breaching)).toEqual([
      "zone-1-without-task",
      "zone-2-without-task",
      "too-few-tasks",
    ]);
  });

  test("wait as long as it takes to replace a task", () => {
    const aboutTasks = alarms.filter((alarm) =>
      metricsOf(alarm).some(({ name }) => name.endsWith("HealthyHostCount")),
    );
    expect(aboutTasks.length).toBeGreaterThan(5);
    for (const { periodSeconds, datapointsToAlarm } of aboutTasks) {
      expect(periodSeconds * datapointsToAlarm).toBeGreaterThanOrEqual(180);
    }
  });

  test.each([
    ["refusals-above-usual", "Denied", 20],
    ["failures-above-usual", "Failed", 10],
  ])("%s does not ring for the few that are more than none", (id, name, floor) => {
    const alarm = alarms.filter((one) => one.id === id);
    /** Minutes with so many lines, of a fleet that has hardly any. */
    const minutes = (...lines: readonly number[]): Recording => ({
      begin: "2026-11-29T08:00:00.000Z",
      periods: lines.length,
      metrics: [
        {
          ...{ namespace: "proxy", name, dimensions: {} },
          points: lines.map((count) => [1, count, count, count]),
        },
      ],
    });
    const usual = minutes(0, 1, 0, 0, 2, 0, 1, 0, 0, 1);
    const rings = (lines: number) =>
      ringing(alarm, minutes(...Array<number>(10).fill(lines)), usual);
    expect(rings(floor)).toEqual([]);
    expect(rings(floor + 1)).toEqual([id]);
  });

  test("need no task in each zone where there are fewer tasks than zones", () => {
    expect(idsOf(alarmDefinitions({ ...PROPS, minCapacity: 1 }))).not.toContain(
      "zone-1-without-task",
    );
  });

  test("do not ring for a fleet of a fixed size because it has that size", () => {
    expect(idsOf(alarmDefinitions({ ...PROPS, minCapacity: 10 }))).not.toContain(
      "scaling-at-maximum",
    );
  });
});
