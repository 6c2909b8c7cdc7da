import { over, type Paced, type Speed, type Workload } from "./speed";

/** What one task does at the CPU utilisation that auto scaling keeps; each figure by itself. */
export interface TaskCapacity {
  readonly requestsPerSecond: number;
  readonly tunnelsPerSecond: number;
  readonly megabytesPerSecond: number;
}

/** A fleet's work: new tunnels, and the bytes in them. */
export interface Load {
  readonly tunnelsPerSecond: number;
  readonly megabytesPerSecond: number;
}

/** From a month's traffic to the load of its peak. */
export interface Shape {
  /** Between two tunnels; the mean. */
  readonly kilobytesPerTunnel: number;
  /** The load that the fleet is made for, in times of the month's average. */
  readonly peak: number;
}

const SECONDS_PER_MONTH = 730 * 3600;

/**
 * What one proxy did in a sitting of the benchmark; the median of its rounds. A proxy that is always
 * busy does several things at a time and so takes less CPU for each, which would promise too much.
 * So this goes by the lighter of the paced loads, whose CPU utilisation is near the target.
 */
export function taskCapacity(speed: Speed, targetCpuPercent: number): TaskCapacity {
  const atTarget = (workload: Workload, figure: (paced: Paced) => number) =>
    over(speed, workload, 1, ({ paced: [light] }) => {
      const utilisation = light!.proxiesCpu / speed.vcpusPerTask;
      return (figure(light!) * targetCpuPercent) / 100 / utilisation;
    }).median;
  return {
    requestsPerSecond: atTarget("http", ({ perSecond }) => perSecond),
    tunnelsPerSecond: atTarget("tunnel", ({ perSecond }) => perSecond),
    megabytesPerSecond: atTarget("download", ({ megabytesPerSecond }) => megabytesPerSecond),
  };
}

/** The load at the peak of a month with so many gigabytes. */
export function peakLoad(gigabytes: number, { kilobytesPerTunnel, peak }: Shape): Load {
  const megabytesPerSecond = ((gigabytes * 1000) / SECONDS_PER_MONTH) * peak;
  return {
    megabytesPerSecond,
    tunnelsPerSecond: (megabytesPerSecond * 1000) / kilobytesPerTunnel,
  };
}

/** How many tasks a load keeps at the target; not rounded. */
export function tasksNeeded(load: Load, capacity: TaskCapacity): number {
  return (
    load.tunnelsPerSecond / capacity.tunnelsPerSecond +
    load.megabytesPerSecond / capacity.megabytesPerSecond
  );
}

/** The tasks that auto scaling runs for a load. */
export function tasksFor(load: Load, capacity: TaskCapacity, minCapacity: number): number {
  return Math.max(minCapacity, Math.ceil(tasksNeeded(load, capacity)));
}
