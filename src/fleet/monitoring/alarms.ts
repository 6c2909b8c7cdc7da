import type { AlarmDefinition } from "./alarm";
import { fleetMetrics } from "./fleet-metrics";
import { flowsPerTask } from "./flows-per-task";
import type { LogMetricName } from "./log-metrics";
import type { FleetDimensions } from "./metric";
import { nearLimit } from "./near-limit";

/** Refusals a minute, and failed answers, up to which nothing is "above the usual". */
const DENIED_FLOOR = 20;
const FAILED_FLOOR = 10;

/**
 * How far from what anomaly detection expects, in standard deviations. AWS's own 2 leave out one
 * ordinary value of twenty.
 */
const DEVIATIONS = 4;

/** A task confirms its rules every 55 minutes (squid/rules/fetcher.c). In an hour, each has done so at least once. */
const CONFIRMATION_SECONDS = 3600;

export interface AlarmProps {
  readonly logGroupName: string;
  readonly dimensions: FleetDimensions;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** The most connections of clients that a task takes. */
  readonly maxConnections: number;
}

/** What whoever is on call is told of. Nothing rings that mends itself within two or three minutes. */
export function alarmDefinitions(props: AlarmProps): AlarmDefinition[] {
  return [...taskAlarms(props), ...requestAlarms(props), ...rulesAlarms(props)];
}

function taskAlarms(props: AlarmProps): AlarmDefinition[] {
  const { dimensions, logGroupName, minCapacity, maxCapacity, maxConnections } = props;
  const { clusterName, serviceName, availabilityZones } = dimensions;
  const { healthyTasks, unhealthyTasks } = fleetMetrics(dimensions);
  const events = `aws ecs describe-services --region $TF_WORKSPACE --cluster ${clusterName} --services ${serviceName} --query 'services[0].events[:10].message'`;
  // A target group without targets reports nothing.
  const tasks = { command: events, periodSeconds: 60, missingData: "breaching" } as const;
  return [
    // With fewer tasks than zones, one zone may do without.
    ...(minCapacity < availabilityZones.length ? [] : availabilityZones).map(
      (zone, index): AlarmDefinition => ({
        ...tasks,
        ...outOf(3, 3),
        id: `zone-${index + 1}-without-task`,
        notice: `Clients in ${zone} are not served, or only by the tasks of another zone: the load balancer counts no healthy task for it.`,
        series: healthyTasks(zone),
        rings: { when: "below", threshold: 1 },
      }),
    ),
    {
      ...tasks,
      ...outOf(5, 5),
      id: "too-few-tasks",
      notice: `Clients notice little yet, but less is left to fail: fewer tasks are healthy than minCapacity, which is ${minCapacity}.`,
      series: healthyTasks(),
      rings: { when: "below", threshold: minCapacity },
    },
    {
      ...tasks,
      ...outOf(5, 5),
      id: "unhealthy-tasks",
      notice:
        "Some connections hang or break: a task fails its health check, and ECS has not replaced it within five minutes.",
      series: unhealthyTasks,
      rings: { when: "atLeast", threshold: 1 },
      missingData: "notBreaching",
    },
    {
      ...tasks,
      ...outOf(5, 5),
      id: "flows-near-limit",
      notice: `New connections will soon hang: each task has nearly the ${maxConnections} that fit into its memory.`,
      command: tail(logGroupName, '{ $.method = "CONNECT" }'),
      series: flowsPerTask(dimensions),
      rings: { when: "atLeast", threshold: nearLimit(maxConnections) },
      missingData: "notBreaching",
    },
    // Where the fewest tasks are the most, too, that is as it should be. A deployment has up to twice as
    // many for a few minutes.
    ...(minCapacity === maxCapacity
      ? []
      : [
          {
            ...tasks,
            ...outOf(15, 15),
            id: "scaling-at-maximum",
            notice: `Clients will wait if there is more to do: ${maxCapacity} tasks run, which is maxCapacity, and auto scaling adds no more.`,
            series: healthyTasks(),
            rings: { when: "atLeast", threshold: maxCapacity },
            missingData: "notBreaching",
          } satisfies AlarmDefinition,
        ]),
  ];
}

function requestAlarms({ dimensions, logGroupName }: AlarmProps): AlarmDefinition[] {
  const { logged, activeFlows, portAllocationErrors } = fleetMetrics(dimensions);
  /** So few are not worth a call, however unusual: to anomaly detection they are all the same. */
  const atLeast = (floor: number, name: LogMetricName) => ({
    expression: `IF(lines > ${floor}, lines, ${floor})`,
    metrics: { lines: logged(name) },
  });
  const requests = { periodSeconds: 60, missingData: "notBreaching" } as const;
  return [
    {
      ...requests,
      ...outOf(5, 5),
      id: "refusals-above-usual",
      notice:
        "Clients get 403 for far more than usual: a change of the rules, or a client that does what it should not.",
      // The very lines that are counted.
      command: "npm run logs -- --denied --since 1h",
      series: atLeast(DENIED_FLOOR, "Denied"),
      rings: { when: "aboveBand", deviations: DEVIATIONS },
    },
    {
      ...requests,
      ...outOf(3, 5),
      id: "failures-above-usual",
      notice:
        "Clients get 5xx for far more than usual: names that do not resolve, web servers that do not answer, or a proxy without rules.",
      command: tail(logGroupName, "{ $.status >= 500 }"),
      series: atLeast(FAILED_FLOOR, "Failed"),
      rings: { when: "aboveBand", deviations: DEVIATIONS },
    },
    {
      ...requests,
      ...outOf(3, 3),
      periodSeconds: 300,
      id: "traffic-ceased",
      notice:
        "Clients do not reach the proxy, or have stopped trying: far fewer connections are open than usual at this time.",
      command: "npm run check",
      series: activeFlows,
      rings: { when: "belowBand", deviations: DEVIATIONS },
    },
    {
      ...requests,
      ...outOf(3, 5),
      id: "client-at-connection-limit",
      notice:
        "A client gets 429 on each connection above its limit, proxy.maxConnectionsPerClient; the others are not touched.",
      command: tail(logGroupName, '{ $.deniedBy = "connections" }'),
      series: logged("ConnectionLimit"),
      rings: { when: "atLeast", threshold: 1 },
    },
    {
      ...requests,
      // A task says it when it is over. For an hour it is there to be seen, as below.
      ...outOf(1, 60),
      id: "log-lines-lost",
      notice:
        "Clients notice nothing, but the access log has a gap: for a while nobody took its lines.",
      command: tail(logGroupName, '{ $.event = "lost" }'),
      series: logged("LogLosses"),
      rings: { when: "atLeast", threshold: 1 },
    },
    ...dimensions.natGatewayIds.map((id, index): AlarmDefinition => ({
      ...requests,
      ...outOf(2, 5),
      id: `nat-${index + 1}-without-ports`,
      notice: `Some new connections to busy web servers fail: ${id} has no port left for them.`,
      command: tail(logGroupName, "{ $.status >= 500 }"),
      series: portAllocationErrors(id),
      rings: { when: "above", threshold: 0 },
    })),
  ];
}

function rulesAlarms({ dimensions }: AlarmProps): AlarmDefinition[] {
  const { logged, healthyTasks } = fleetMetrics(dimensions);
  const status = { command: "npm run rules -- status", missingData: "notBreaching" } as const;
  return [
    {
      ...status,
      // A task says it once.
      ...outOf(1, 60),
      id: "rules-rejected",
      notice:
        "Clients have the rules from before: a task could not fetch the new ones, or did not take them over.",
      series: logged("RulesRejected"),
      periodSeconds: 60,
      rings: { when: "atLeast", threshold: 1 },
    },
    {
      ...status,
      ...outOf(1, 1),
      id: "rules-stale",
      notice:
        "Clients may have old rules: a task has not confirmed its rules for an hour, as each does every 55 minutes.",
      series: {
        expression: "confirmed / tasks",
        metrics: {
          confirmed: logged("RulesConfirmed"),
          tasks: { ...healthyTasks(), statistic: "Minimum" },
        },
      },
      periodSeconds: CONFIRMATION_SECONDS,
      rings: { when: "below", threshold: 1 },
    },
  ];
}

const outOf = (datapointsToAlarm: number, evaluationPeriods: number) => ({
  datapointsToAlarm,
  evaluationPeriods,
});

/** Shows these lines of the last hour. */
function tail(logGroupName: string, pattern: string): string {
  return `aws logs tail ${logGroupName} --region $TF_WORKSPACE --since 1h --format short --filter-pattern '${pattern}'`;
}
