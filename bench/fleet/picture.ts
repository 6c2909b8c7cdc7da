import { alternatives } from "./comparison";
import { total } from "./cost";
import {
  GRID,
  line,
  polyline,
  round,
  stroke,
  STYLES,
  svg,
  text,
  type Box,
  type Style,
} from "../svg";
import { FLEET_SIZES, ratios, WORKLOADS, type Speed, type Workload } from "./speed";

const WIDTH = 960;
const HEIGHT = 470;

/** What the lines of the left diagram are for; the middle of the comparison. */
const GIGABYTES = 1_000;
const AZS = 2;

const LOADS: Readonly<Record<Workload, string>> = {
  http: "requests, kept connections",
  tunnel: "new tunnels",
  download: "downloads",
};

const COSTS: Box = { left: 70, top: 70, right: 500, bottom: 330 };
const SPEEDS: Box = { left: 600, top: 70, right: 930, bottom: 330 };

/** From a diagram down to its legend, and from line to line in it. */
const LEGEND = 66;
const LINE_HEIGHT = 19;

/** A place on an axis for each value between two ends. */
type Scale = (value: number) => number;

const linear =
  (from: number, to: number, start: number, end: number): Scale =>
  (value) =>
    round(start + ((value - from) / (to - from)) * (end - start));

const logarithmic = (from: number, to: number, start: number, end: number): Scale => {
  const scale = linear(Math.log(from), Math.log(to), start, end);
  return (value) => scale(Math.log(value));
};

const ANCHOR_MIDDLE = 'text-anchor="middle"';
const ANCHOR_END = 'text-anchor="end"';

function axes(
  box: Box,
  title: string,
  [xLabel, xScale, xTicks]: readonly [string, Scale, readonly number[]],
  [yScale, yTicks]: readonly [Scale, readonly number[]],
): string[] {
  return [
    text(box.left, box.top - 24, title, 'font-size="15" font-weight="bold"'),
    ...yTicks.flatMap((tick) => [
      line(box.left, yScale(tick), box.right, yScale(tick), GRID),
      text(box.left - 8, yScale(tick) + 4, tick.toLocaleString("en-US"), ANCHOR_END),
    ]),
    ...xTicks.map((tick) => text(xScale(tick), box.bottom + 20, String(tick), ANCHOR_MIDDLE)),
    text((box.left + box.right) / 2, box.bottom + 40, xLabel, ANCHOR_MIDDLE),
    line(box.left, box.bottom, box.right, box.bottom, 'stroke="#57606a"'),
  ];
}

function legend(x: number, y: number, entries: readonly (readonly [string, Style])[]): string[] {
  return entries.flatMap(([name, style], index) => {
    const at = y + LINE_HEIGHT * index;
    return [line(x, at - 4, x + 34, at - 4, stroke(style)), text(x + 42, at, name)];
  });
}

function costs(speed: Speed): string[] {
  const x = logarithmic(1, 100, COSTS.left, COSTS.right);
  const y = logarithmic(30, 100_000, COSTS.bottom, COSTS.top);
  const ways = alternatives(speed);
  const entries = ways.map(({ name }, index) => [name, STYLES[index]!] as const);
  const numbers = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 70, 100];
  return [
    ...axes(
      COSTS,
      `Dollars a month for ${GIGABYTES.toLocaleString("en-US")} GB`,
      ["client VPCs of two zones", x, [1, 2, 5, 10, 20, 50, 100]],
      [y, [30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000]],
    ),
    ...ways.map(({ bill }, index) =>
      polyline(
        numbers.map((clientVpcs) => [
          x(clientVpcs),
          y(total(bill({ clientVpcs, azs: AZS, gigabytes: GIGABYTES }))),
        ]),
        stroke(STYLES[index]!),
      ),
    ),
    ...legend(COSTS.left, COSTS.bottom + LEGEND, entries.slice(0, 3)),
    ...legend(COSTS.left + 230, COSTS.bottom + LEGEND, entries.slice(3)),
  ];
}

function speeds(speed: Speed): string[] {
  const most = FLEET_SIZES.at(-1)!;
  const x = linear(0.7, most + 0.3, SPEEDS.left, SPEEDS.right);
  const y = linear(0, most + 0.5, SPEEDS.bottom, SPEEDS.top);
  const loads = WORKLOADS.map((workload) =>
    FLEET_SIZES.map((proxies) => ({ proxies, ...ratios(speed, workload, proxies) })),
  );
  return [
    ...axes(
      SPEEDS,
      "Throughput, in times of one proxy",
      ["proxies of 0.25 vCPU", x, FLEET_SIZES],
      [y, [0, 1, 2, 3]],
    ),
    line(x(1), y(1), x(most), y(most), 'stroke="#57606a" stroke-dasharray="1 3"'),
    ...loads.flatMap((points, index) => {
      const style = STYLES[index]!;
      // Side by side, as they lie upon one another.
      const shifted = (proxies: number) => x(proxies + 0.06 * (index - 1));
      return [
        polyline(
          points.map(({ proxies, median }) => [shifted(proxies), y(median)]),
          stroke(style),
        ),
        ...points.flatMap(({ proxies, median, least, most: greatest }) => [
          line(shifted(proxies), y(least), shifted(proxies), y(greatest), stroke(style)),
          `<circle cx="${shifted(proxies)}" cy="${y(median)}" r="4" fill="${style.colour}"/>`,
        ]),
      ];
    }),
    ...legend(
      SPEEDS.left,
      SPEEDS.bottom + LEGEND,
      WORKLOADS.map((workload, index) => [LOADS[workload], STYLES[index]!]),
    ),
    text(
      SPEEDS.left,
      SPEEDS.bottom + LEGEND + LINE_HEIGHT * WORKLOADS.length,
      "Dotted: proportional. Bars: least to most.",
    ),
  ];
}

/** Costs and speed side by side, as SVG with a background of its own. */
export function picture(speed: Speed): string {
  return svg(
    [WIDTH, HEIGHT],
    {
      title: "What the fleet costs, and how it scales",
      description:
        "Left: dollars a month against the number of client VPCs, for this fleet, NAT " +
        "gateways and AWS Network Firewall. Right: the throughput of one, two and three proxies. The " +
        "tables of fleet-costs.md have the numbers.",
      fontSize: 13,
      background: "#ffffff",
    },
    [...costs(speed), ...speeds(speed)],
  );
}
