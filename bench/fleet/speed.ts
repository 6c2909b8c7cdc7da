import { readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "../../src/common/project-root";
import { summary, type Summary } from "../summary";

/** Where the measured numbers are kept; the document and the picture are made from them. */
export const SPEED_FILE = path.join(PROJECT_ROOT, "docs/fleet-speed.json");

export const WORKLOADS = ["http", "tunnel", "download"] as const;
export type Workload = (typeof WORKLOADS)[number];

/** How many proxies the fleet has, one time after the other. */
export const FLEET_SIZES = [1, 2, 3] as const;

/**
 * The shares of the highest throughput at which times are taken: about where auto scaling keeps the
 * fleet, and where requests begin to wait for one another.
 */
export const PACED_SHARES = [0.4, 0.7] as const;

/** One measurement: some proxies under one load. CPU is in cores, of which the machine has `cores`. */
export interface Sample {
  readonly round: number;
  readonly proxies: number;
  readonly workload: Workload;
  /** Requests, tunnels or downloads answered per second, with as many under way as there is room for. */
  readonly perSecond: number;
  /** Bytes to the client, in the same time. */
  readonly megabytesPerSecond: number;
  readonly proxiesCpu: number;
  readonly loadBalancerCpu: number;
  readonly originCpu: number;
  readonly loadCpu: number;
  /** All that ran on the machine, the kernel's work for the network included. */
  readonly machineCpu: number;
  /** The share of the quota's periods in which the proxies had to wait for the next. */
  readonly throttled: number;
  /** At less than that throughput, for each of PACED_SHARES in order. */
  readonly paced: readonly Paced[];
}

/** Requests that come at a given rate, as from many clients that know nothing of each other. */
export interface Paced {
  readonly perSecond: number;
  readonly megabytesPerSecond: number;
  readonly proxiesCpu: number;
  /** From when a request was due to the last byte of its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A sitting of `npm run bench:fleet`. */
export interface Speed {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly docker: string;
  readonly rounds: number;
  /** A task's CPU quota in vCPUs. */
  readonly vcpusPerTask: number;
  /** What a tunnel leaves in the access log. */
  readonly accessLogBytesPerTunnel: number;
  readonly samples: readonly Sample[];
}

export function readSpeed(): Speed {
  return JSON.parse(readFileSync(SPEED_FILE, "utf8")) as Speed;
}

/** A figure of one load on so many proxies, over all rounds. */
export function over(
  { samples }: Pick<Speed, "samples">,
  workload: Workload,
  proxies: number,
  figure: (sample: Sample) => number,
): Summary {
  return summary(
    samples
      .filter((sample) => sample.workload === workload && sample.proxies === proxies)
      .map(figure),
  );
}

/** Throughput in times of what one proxy does, round by round: the machine's speed drifts between them. */
export function ratios(
  { samples }: Pick<Speed, "samples">,
  workload: Workload,
  proxies: number,
): Summary {
  const of = (size: number) =>
    samples
      .filter((sample) => sample.workload === workload && sample.proxies === size)
      .map(({ perSecond }) => perSecond);
  const alone = of(1);
  return summary(of(proxies).map((perSecond, round) => perSecond / alone[round]!));
}
