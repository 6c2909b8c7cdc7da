import { peakLoad, taskCapacity, tasksNeeded } from "./capacity";
import {
  alternatives,
  cheaperFrom,
  CLIENT_VPCS,
  GIGABYTES,
  SHAPE,
  TARGET_CPU_PERCENT,
  tasksForMonth,
} from "./comparison";
import { task, total } from "./cost";
import { table } from "../../src/common/markdown";
import type { Summary } from "../summary";
import { PRICES } from "./prices";
import {
  FLEET_SIZES,
  over,
  PACED_SHARES,
  ratios,
  WORKLOADS,
  type Paced,
  type Sample,
  type Speed,
  type Workload,
} from "./speed";

const NAMES: Readonly<Record<Workload, string>> = {
  http: "requests, kept connections",
  tunnel: "new tunnels",
  download: "downloads, 1 MB",
};

const number = (value: number, digits = 0) =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

const range = ({ median, least, most }: Summary, digits = 0) =>
  `${number(median, digits)} (${number(least, digits)} to ${number(most, digits)})`;

const percent = (share: number) => `${number(100 * share)} %`;

/** The tables of docs/fleet-costs.md by name. */
export function tables(speed: Speed): Readonly<Record<string, string>> {
  return {
    sitting: sitting(speed),
    throughput: throughput(speed),
    times: times(speed),
    limits: limits(speed),
    tasks: tasks(speed),
    dollars: dollars(speed),
    "cheaper from": cheaper(speed),
    parts: parts(speed),
    prices: prices(),
  };
}

function sitting({ date, rounds, cores, processor, docker, vcpusPerTask }: Speed) {
  return (
    `${date}, ${cores} cores (${processor}), Docker ${docker}, ${vcpusPerTask} vCPU for each proxy, ` +
    `${rounds} rounds: median, least to most.`
  );
}

function rows(cells: (workload: Workload, proxies: number) => readonly string[]) {
  return WORKLOADS.flatMap((workload) =>
    FLEET_SIZES.map((proxies) => [NAMES[workload], String(proxies), ...cells(workload, proxies)]),
  );
}

/** What the load on so many proxies reached. */
export function throughput(speed: Speed): string {
  return table(
    ["load", "proxies", "per second", "times one proxy", "MB/s", "rounds at the quota"],
    rows((workload, proxies) => [
      range(over(speed, workload, proxies, ({ perSecond }) => perSecond)),
      range(ratios(speed, workload, proxies), 2),
      number(over(speed, workload, proxies, (sample) => sample.megabytesPerSecond).median),
      `${roundsAtQuota(speed, workload, proxies)} of ${speed.rounds}`,
    ]),
    ["left", "right", "right", "right", "right", "right"],
  );
}

/** How much of their quota proxies use that nothing else holds up. */
const AT_QUOTA = 0.9;

/** The rounds that measured the proxies; in the others something else had no more to give. */
function roundsAtQuota(speed: Speed, workload: Workload, proxies: number): number {
  const quota = proxies * speed.vcpusPerTask;
  return speed.samples.filter(
    (sample) =>
      sample.workload === workload &&
      sample.proxies === proxies &&
      sample.proxiesCpu >= AT_QUOTA * quota,
  ).length;
}

/** What it does at less than that. */
export function times(speed: Speed): string {
  const columns = ["CPU", "p50, ms", "p99, ms"];
  return table(
    [
      "load",
      "proxies",
      ...PACED_SHARES.flatMap((share) => columns.map((name) => `${percent(share)}: ${name}`)),
    ],
    rows((workload, proxies) =>
      PACED_SHARES.flatMap((_, index) => {
        const figure = (of: (paced: Paced) => number) =>
          over(speed, workload, proxies, ({ paced }) => of(paced[index]!));
        return [
          percent(figure(({ proxiesCpu }) => proxiesCpu).median / (proxies * speed.vcpusPerTask)),
          number(figure(({ p50Ms }) => p50Ms).median),
          range(figure(({ p99Ms }) => p99Ms)),
        ];
      }),
    ),
    ["left", "right", "right", "right", "right", "right", "right", "right"],
  );
}

/** Who used the CPU meanwhile, and so what the limit was. */
export function limits(speed: Speed): string {
  const { cores, vcpusPerTask } = speed;
  return table(
    ["load", "proxies", "of their quota", "throttled", "balancer", "origin", "load", "machine"],
    rows((workload, proxies) => {
      const median = (figure: (sample: Sample) => number) =>
        over(speed, workload, proxies, figure).median;
      return [
        percent(median(({ proxiesCpu }) => proxiesCpu) / (proxies * vcpusPerTask)),
        percent(median(({ throttled }) => throttled)),
        number(
          median(({ loadBalancerCpu }) => loadBalancerCpu),
          2,
        ),
        number(
          median(({ originCpu }) => originCpu),
          2,
        ),
        number(
          median(({ loadCpu }) => loadCpu),
          2,
        ),
        percent(median(({ machineCpu }) => machineCpu) / cores),
      ];
    }),
    ["left", "right", "right", "right", "right", "right", "right", "right"],
  );
}

/** From throughput to tasks, with the arithmetic. */
function tasks(speed: Speed): string {
  const capacity = taskCapacity(speed, TARGET_CPU_PERCENT);
  const rates = table(
    [`one task at ${TARGET_CPU_PERCENT} % CPU`, ""],
    [
      ["requests a second over kept connections", number(capacity.requestsPerSecond)],
      ["new tunnels a second", number(capacity.tunnelsPerSecond)],
      ["MB a second in downloads", number(capacity.megabytesPerSecond)],
      [
        "GB an hour in downloads",
        `${number(capacity.megabytesPerSecond)} × 3,600 / 1,000 = ${number(capacity.megabytesPerSecond * 3.6)}`,
      ],
    ],
    ["left", "right"],
  );
  const months = table(
    ["GB a month", "peak, MB/s", "peak, tunnels/s", "tasks for the peak", "tasks"],
    [...GIGABYTES, 100_000, 300_000].map((gigabytes) => {
      const load = peakLoad(gigabytes, SHAPE);
      const { tunnelsPerSecond, megabytesPerSecond } = load;
      const terms =
        `${number(tunnelsPerSecond)} / ${number(capacity.tunnelsPerSecond)} + ` +
        `${number(megabytesPerSecond, 1)} / ${number(capacity.megabytesPerSecond)}`;
      return [
        number(gigabytes),
        number(megabytesPerSecond, 1),
        number(tunnelsPerSecond),
        `${terms} = ${number(tasksNeeded(load, capacity), 2)}`,
        String(tasksForMonth(gigabytes, speed)),
      ];
    }),
    ["right", "right", "right", "right", "right"],
  );
  const assumed =
    `For a month, assumed: ${SHAPE.kilobytesPerTunnel} KB in a tunnel, and at the peak ${SHAPE.peak} times ` +
    "the month's average.";
  return [rates, assumed, months].join("\n\n");
}

/** The zones of each client VPC in the comparison. */
const CLIENT_AZS = 2;

function dollars(speed: Speed): string {
  const all = alternatives(speed);
  return table(
    ["GB a month", "client VPCs", ...all.map(({ name }) => name)],
    GIGABYTES.flatMap((gigabytes) =>
      CLIENT_VPCS.map((clientVpcs) => {
        const costs = all.map(({ bill }) =>
          total(bill({ clientVpcs, azs: CLIENT_AZS, gigabytes })),
        );
        const cells = costs.map((cost) => {
          const text = number(cost);
          return cost === Math.min(...costs) ? `**${text}**` : text;
        });
        return [number(gigabytes), String(clientVpcs), ...cells];
      }),
    ),
    ["right", "right", "right", "right", "right", "right", "right"],
  );
}

function cheaper(speed: Speed): string {
  const [fleet, ...others] = alternatives(speed);
  return table(
    [
      "this fleet is cheaper than …",
      ...[1, 2].flatMap((azs) =>
        GIGABYTES.map(
          (gigabytes) => `${azs} ${azs === 1 ? "zone" : "zones"}, ${number(gigabytes)}`,
        ),
      ),
    ],
    others.map((other) => [
      `… ${other.name}`,
      ...[1, 2].flatMap((azs) =>
        GIGABYTES.map((gigabytes) => {
          const from = cheaperFrom(fleet, other, { azs, gigabytes });
          return from === undefined ? "never" : `from ${from}`;
        }),
      ),
    ]),
    ["left", "right", "right", "right", "right", "right", "right"],
  );
}

/** One bill in full. */
function parts(speed: Speed): string {
  const [fleet] = alternatives(speed);
  const demand = { clientVpcs: 10, azs: CLIENT_AZS, gigabytes: 1_000 };
  const bill = fleet.bill(demand);
  const architectures = (["x86", "ARM"] as const).map(
    (name) => `${number(task(name), 2)} (${name})`,
  );
  return [
    table(
      [`this fleet, ${demand.clientVpcs} client VPCs, ${number(demand.gigabytes)} GB`, "a month"],
      [...Object.entries(bill), ["**Together**", total(bill)] as const].map(([name, cost]) => [
        name,
        number(cost, 2),
      ]),
      ["left", "right"],
    ),
    `A task costs ${architectures.join(" or ")} dollars a month.`,
  ].join("\n\n");
}

function prices(): string {
  return table(
    ["price", "dollars", "for each", "AWS's page", "read in", "of"],
    Object.entries(PRICES).map(([name, { dollars, unit, page, source, sourceDate }]) => [
      name,
      String(dollars),
      unit,
      `<${page}>`,
      `<${source}>`,
      sourceDate,
    ]),
    ["left", "right", "left", "left", "left", "left"],
  );
}
