/** The CPU units of a vCPU, which is the most that one Squid uses. */
const VCPU = 1024;

/** What a Squid takes before the first request, and has for what is not counted below. */
const IDLE_MIB = 45;

/**
 * The part of a task's memory that is cache, where there is one. Small, because tunnels, most of the
 * work, are not cached.
 */
const CACHE_SHARE = { off: 0, shared: 1 / 8 };

/** What a full cache takes for each MiB of `cache_mem`: 1.2 to 1.84 MiB, measured. */
const MIB_PER_CACHE_MIB = 1.85;

/**
 * The most that a connection of a client takes in Squid besides heads, be it a tunnel, with the SNI
 * check, or plain HTTP. A tunnel has two buffers of 64 KiB; once traffic has filled them, Squid's heap
 * keeps them for the next one. Measured, as is what follows.
 */
const CONNECTION_KIB = 130;

/** What Squid takes for each KiB of a head, if that has as many fields as it may have. */
const KIB_PER_REQUEST_HEAD_KIB = 9;
const KIB_PER_REPLY_HEAD_KIB = 10;

/** Of what the kernel buffers, all but what comes from web servers: TO_… and FROM_… in squid/shim. */
const OTHER_SOCKET_BUFFERS_KIB = 32 + 16 + 32;

/** Linux admits twice what a socket's buffer is set to, for structures of its own. */
const KERNEL_KIB_PER_BUFFER_KIB = 2;

/**
 * Into how many shares the connections of a task are divided, one of which is the most that a client
 * gets: ten may have theirs full, and there is one left for everybody else.
 */
const SHARES = 11;

/**
 * For each connection of a client: its own descriptor, that of the server's, another while Squid tries
 * two of its addresses, and one to a server that Squid keeps for later.
 */
const DESCRIPTORS_PER_CONNECTION = 4;

/** Squid's own descriptors, twice what it keeps in reserve (100), and those of squid/shim/unsent.c (128). */
const OTHER_DESCRIPTORS = 500;

/** The part of a task's memory that is planned for; the rest is for peaks and what the log's writers keep. */
export const PLANNED_SHARE = 0.85;

/** Open files of a process: what Fargate grants at most without a request. */
export const FILE_LIMIT = 65_535;

/** How many Squids a task of so many CPU units runs, on one port. */
export const squidCount = (cpu: number): number => Math.max(1, Math.floor(cpu / VCPU));

/** What the Squids of a task have together. */
export interface SquidMemory {
  /** Squid's `cache_mem`; 0 for no cache. */
  readonly cacheMemMiB: number;
  /** The most connections that all clients together may have open. */
  readonly maxConnections: number;
  /** The most that one of them may have; of several Squids, each grants its part. */
  readonly maxConnectionsPerClient: number;
  /** The `max_filedescriptors` of each Squid: more than its part of the connections needs. */
  readonly maxFiledescriptors: number;
}

export interface SquidMemoryProps {
  /**
   * The task's CPU units; 1024 are one vCPU.
   * @default - those of one Squid
   */
  readonly cpu?: number;
  /** The task's memory. */
  readonly memoryMiB: number;
  /** Whether Squid keeps answers. */
  readonly cache: "off" | "shared";
  /** The most that the head of a request, and of an answer, may have. */
  readonly maxRequestHeadKiB: number;
  readonly maxReplyHeadKiB: number;
  /** The kernel's buffer for what a web server sends. */
  readonly receiveBufferKiB: number;
  /** @default - a share of `maxConnections` */
  readonly maxConnectionsPerClient?: number | undefined;
}

/**
 * Divides a task's memory, so that a full cache and as many connections as clients may open fit in it
 * together, whatever is done on them and whoever stops reading: a task out of memory would be killed
 * with every tunnel at once.
 */
export function squidMemory(props: SquidMemoryProps): SquidMemory {
  const squids = squidCount(props.cpu ?? VCPU);
  const cacheMemMiB = Math.floor(props.memoryMiB * CACHE_SHARE[props.cache]);
  const forConnectionsMiB =
    props.memoryMiB * PLANNED_SHARE - IDLE_MIB * squids - cacheMemMiB * MIB_PER_CACHE_MIB;
  const each = Math.min(
    Math.floor((forConnectionsMiB * 1024) / connectionKiB(props) / squids),
    Math.floor((FILE_LIMIT - OTHER_DESCRIPTORS) / DESCRIPTORS_PER_CONNECTION),
  );
  const maxConnections = each * squids;
  return {
    cacheMemMiB,
    maxConnections,
    maxConnectionsPerClient: props.maxConnectionsPerClient ?? Math.floor(maxConnections / SHARES),
    maxFiledescriptors: each * DESCRIPTORS_PER_CONNECTION + OTHER_DESCRIPTORS,
  };
}

/** The most that one connection of a client can make Squid and the kernel hold. */
function connectionKiB(props: SquidMemoryProps): number {
  const heads =
    props.maxRequestHeadKiB * KIB_PER_REQUEST_HEAD_KIB +
    props.maxReplyHeadKiB * KIB_PER_REPLY_HEAD_KIB;
  const socketBuffers = OTHER_SOCKET_BUFFERS_KIB + props.receiveBufferKiB;
  return CONNECTION_KIB + heads + socketBuffers * KERNEL_KIB_PER_BUFFER_KIB;
}
