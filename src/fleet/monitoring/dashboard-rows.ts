import { DASHBOARD_QUERIES } from "./dashboard-queries";
import { fleetMetrics } from "./fleet-metrics";
import { flowsPerTask } from "./flows-per-task";
import type { FleetDimensions, Metric, MetricMath } from "./metric";
import { SAVED_QUERIES } from "./saved-queries";
import { alarmStates, answer, graph, text, type Line, type Row } from "./widgets";

/** US dollars for a gigabyte by the list prices of us-east-1, which docs/costs.md has. */
const DOLLARS_PER_NAT_GB = 0.045;
/** The endpoint's (0.01), the load balancer's (0.006), and those of bytes that cross from zone to zone (0.01). */
const DOLLARS_PER_LOAD_BALANCER_GB = 0.026;

/** AWS counts gigabytes so. */
const GB = 2 ** 30;

const firstSteps = (hasNatGateways: boolean) => `# Proxy fleet
**Nobody gets through?** Healthy tasks, then \`npm run check\`. **Some get 403?** Refusals, then \`npm run rules -- explain <client> <url>\`.
**Some get 5xx or wait?** Errors by kind, DNS, ${hasNatGateways ? "NAT ports, " : ""}flows for each task. **Old rules?** \`npm run rules -- status\`.
docs/operations.md has every alarm, and what to do.`;

const TARGET = "Auto scaling's target";

export interface DashboardProps {
  readonly region: string;
  readonly logGroupName: string;
  readonly dimensions: FleetDimensions;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** The most connections of clients that a task takes. */
  readonly maxConnections: number;
  /** The most that one client may have with a task. */
  readonly maxConnectionsPerClient: number;
  readonly targetCpuPercent: number;
  /** How many connections auto scaling keeps for each task. */
  readonly targetFlowsPerTask: number;
  /** Whether ECS reports how many tasks it wants. */
  readonly containerInsights: "disabled" | "enabled" | "enhanced";
  /** The ARNs of the alarms; none without alarms. */
  readonly alarmArns: readonly string[];
}

/** What the dashboard shows, from the top. */
export function dashboardRows(props: DashboardProps): Row[] {
  const { region, dimensions, alarmArns } = props;
  const metrics = fleetMetrics(dimensions);
  const draw = (
    title: string,
    lines: readonly Line[],
    options: Partial<Parameters<typeof graph>[0]> = {},
  ) => graph({ title, region, lines, ...options });
  const ask = (id: QueryId) => answer(queryOf(id), props);
  const ports = dimensions.natGatewayIds.map((id): Line => [id, metrics.portAllocationErrors(id)]);
  return [
    {
      height: 5,
      widgets: [
        text(firstSteps(ports.length > 0)),
        ...(alarmArns.length > 0 ? [alarmStates("Alarms", alarmArns)] : []),
      ],
    },
    {
      height: 6,
      widgets: [
        draw("Requests and tunnels a minute", [
          ["Requests, tunnels among them", metrics.logged("Requests")],
          ["Tunnels", metrics.logged("Tunnels")],
        ]),
        draw("Refused and failed a minute", [
          ["Refused by a rule", metrics.logged("Denied")],
          ["Failed (5xx)", metrics.logged("Failed")],
          ["Above a client's connections", metrics.logged("ConnectionLimit")],
        ]),
      ],
    },
    { height: 6, widgets: [ask("refusals-by-client"), ask("denied-hosts")] },
    { height: 6, widgets: [ask("errors-by-kind"), ask("latency"), ask("dns-latency")] },
    {
      height: 6,
      widgets: [
        draw("Connections", [["All tasks", metrics.activeFlows]]),
        draw("Connections for each task", [["Each task", flowsPerTask(dimensions)]], {
          limits: { "No more fit": props.maxConnections, [TARGET]: props.targetFlowsPerTask },
        }),
        draw("CPU, percent of what the tasks have", [["CPU", metrics.cpuUtilization]], {
          limits: { [TARGET]: props.targetCpuPercent },
        }),
      ],
    },
    {
      height: 6,
      widgets: [
        draw("Tasks", tasks(props), {
          limits: { minCapacity: props.minCapacity, maxCapacity: props.maxCapacity },
        }),
        ...(ports.length > 0
          ? [draw("Connections for which a NAT gateway had no port", ports)]
          : []),
        draw(
          "Bytes of the time shown, and US dollars by the list prices of us-east-1",
          bytes(dimensions),
          { view: "total" },
        ),
      ],
    },
    { height: 6, widgets: [ask("bytes-by-client-and-host"), ask("slowest-hosts")] },
    {
      height: 6,
      widgets: [
        ask("rules-in-force"),
        ask("connection-limit"),
        text(
          `A client may have **${props.maxConnectionsPerClient}** connections with each task, of **${props.maxConnections}** that fit: the settings \`proxy.maxConnectionsPerClient\` and \`service.memoryMiB\`.`,
        ),
      ],
    },
  ];
}

function tasks({ dimensions, containerInsights }: DashboardProps): Line[] {
  const { healthyTasks, unhealthyTasks, cpuUtilization, desiredTasks } = fleetMetrics(dimensions);
  return [
    ...(containerInsights === "disabled" ? [] : [["Desired", desiredTasks] satisfies Line]),
    // Each task reports its CPU once a minute.
    ["Running", { ...cpuUtilization, statistic: "SampleCount" }],
    ["Healthy", healthyTasks()],
    ["Unhealthy", unhealthyTasks],
  ];
}

function bytes(dimensions: FleetDimensions): Line[] {
  const { processedBytes, natBytes } = fleetMetrics(dimensions);
  const nat = Object.fromEntries(
    dimensions.natGatewayIds.flatMap((id, index): [string, Metric][] => {
      const [toInternet, fromInternet] = natBytes(id);
      return [
        [`to${index}`, toInternet],
        [`from${index}`, fromInternet],
      ];
    }),
  );
  const natSum = Object.keys(nat).join(" + ");
  const hasNatGateways = natSum !== "";
  const clients = { clients: processedBytes };
  const dollars: MetricMath = {
    expression: `(${hasNatGateways ? `(${natSum}) * ${DOLLARS_PER_NAT_GB} + ` : ""}clients * ${DOLLARS_PER_LOAD_BALANCER_GB}) / ${GB}`,
    metrics: { ...nat, ...clients },
  };
  const natLine: Line = [
    "GB of the NAT gateways",
    { expression: `(${natSum}) / ${GB}`, metrics: nat },
  ];
  return [
    ["GB of clients", { expression: `clients / ${GB}`, metrics: clients }],
    ...(hasNatGateways ? [natLine] : []),
    ["US dollars", dollars],
  ];
}

/** All that is saved. */
export const QUERIES = [...SAVED_QUERIES, ...DASHBOARD_QUERIES];

type QueryId = (typeof QUERIES)[number]["id"];

function queryOf(id: QueryId) {
  return QUERIES.find((query) => query.id === id)!;
}
