import { squidMemory, type SquidMemoryProps } from "../../fleet/squid/squid-memory";

/**
 * What a new tunnel costs: so many of them a second use a vCPU up, in the lighter of the paced loads.
 * Source: docs/fleet-speed.json, by `taskCapacity` of bench/fleet/capacity.ts.
 */
export const TUNNELS_PER_SECOND_AND_VCPU = 1_434;

/** The same for what passes through tunnels. */
export const MEGABYTES_PER_SECOND_AND_VCPU = 433;

/** US dollars an hour. Sources: bench/fleet/prices.ts. */
export const DOLLARS_PER_VCPU_HOUR = 0.04048;
export const DOLLARS_PER_GB_HOUR = 0.004445;

export interface TaskSize {
  /** In CPU units; 1024 are one vCPU. */
  readonly cpu: number;
  readonly memoryMiB: number;
}

/** What a task of a size carries, and costs. */
export interface TaskCapacity extends TaskSize {
  /** The most connections of clients. */
  readonly connections: number;
  readonly tunnelsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly dollarsPerHour: number;
}

export function taskCapacity(
  size: TaskSize,
  proxy: Omit<SquidMemoryProps, keyof TaskSize>,
): TaskCapacity {
  const vcpus = size.cpu / 1024;
  return {
    ...size,
    connections: squidMemory({ ...proxy, ...size }).maxConnections,
    tunnelsPerSecond: vcpus * TUNNELS_PER_SECOND_AND_VCPU,
    megabytesPerSecond: vcpus * MEGABYTES_PER_SECOND_AND_VCPU,
    dollarsPerHour: vcpus * DOLLARS_PER_VCPU_HOUR + (size.memoryMiB / 1024) * DOLLARS_PER_GB_HOUR,
  };
}
