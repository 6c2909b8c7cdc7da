/** What the container takes before the first request, and has for what is not counted below. */
const IDLE_MIB = 45;

/**
 * The part of a task's memory that is cache, where there is one. Small, because tunnels, most of the
 * work, are not cached.
 */
const CACHE_SHARE = { off: 0, shared: 1 / 8 };

/** What a full cache takes for each MiB of `cache_mem`: 1.2 to 1.84 MiB, measured. */
const MIB_PER_CACHE_MIB = 1.85;

/**
 * The most that an open tunnel takes in Squid and in the kernel, without and with the SNI check. An
 * idle one takes 40 KiB at first, because its two buffers of 64 KiB have not been written to; but
 * once traffic has filled them, Squid's heap keeps them for the next tunnel. Measured.
 */
const TUNNEL_KIB = { off: 160, on: 180 };

/** A tunnel's connections: the client's and the server's. */
const DESCRIPTORS_PER_TUNNEL = 2;

/** The part of a task's memory that is planned for; the rest is for peaks and what the log's writers keep. */
const PLANNED_SHARE = 0.85;

/** Open files per task: what Fargate grants at most without a request. */
export const FILE_LIMIT = 65_535;

export interface SquidMemory {
  /** Squid's `cache_mem`; 0 for no cache. */
  readonly cacheMemMiB: number;
  /**
   * Squid's `max_filedescriptors`. Beyond it no new connection is taken, not even that of the health
   * check, so ECS replaces a task that stays full, which gives its tunnels their time.
   */
  readonly maxFiledescriptors: number;
}

/**
 * Divides a task's memory, so that a full cache and as many tunnels as Squid may open fit in it
 * together, whatever they transfer: a task out of memory would be killed with every tunnel at once.
 *
 * @param memoryMiB the task's memory.
 * @param sniCheck whether Squid reads the server names of TLS, which costs memory per tunnel.
 * @param cache whether Squid keeps answers.
 */
export function squidMemory(
  memoryMiB: number,
  sniCheck: "off" | "on",
  cache: "off" | "shared",
): SquidMemory {
  const cacheMemMiB = Math.floor(memoryMiB * CACHE_SHARE[cache]);
  const forTunnelsMiB = memoryMiB * PLANNED_SHARE - IDLE_MIB - cacheMemMiB * MIB_PER_CACHE_MIB;
  const tunnels = Math.floor((forTunnelsMiB * 1024) / TUNNEL_KIB[sniCheck]);
  return {
    cacheMemMiB,
    maxFiledescriptors: Math.min(tunnels * DESCRIPTORS_PER_TUNNEL, FILE_LIMIT),
  };
}
