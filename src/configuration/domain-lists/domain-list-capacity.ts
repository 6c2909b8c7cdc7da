import { FARGATE_CPUS, fargateMemoryMiB } from "../../fleet/proxy/fargate-size";

/**
 * How many domains a task reads for each 256 CPU units, a quarter of a vCPU, while it starts. Squid
 * takes 12 to 15 µs of a whole one for each (300,000 to 1,000,000 of 31 characters), 20 µs where they
 * are long: 18 to 24 s altogether. ECS counts a task as unhealthy after 49 s, and its processors may
 * be slower than the one that this was measured on.
 */
const DOMAINS_PER_256_CPU_UNITS = 300_000;

/** One process reads them, which uses one vCPU whatever the task has. */
const MOST_CPU_UNITS = 1024;

/** What a domain takes besides its characters, at most. Measured: 46 to 61 bytes. */
export const BYTES_PER_DOMAIN = 64;

/** The part of a task's memory that lists may take, of what squid-memory.ts leaves for peaks. */
const MEMORY_SHARE = 0.05;

/** The size of all lists together. */
export interface ListsSize {
  readonly domains: number;
  readonly characters: number;
}

/** What the room for domains depends on: settings of `service` and `proxy`. */
export interface TaskProps {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly sniCheck: "off" | "on";
}

/**
 * Says that the domain lists are too long for a task to become healthy in time, or for its memory;
 * nothing where they fit.
 */
export function listCapacityMistake(size: ListsSize, task: TaskProps): string | undefined {
  const { domains } = size;
  const most = capacity(size, task);
  if (domains === 0 || domains <= most) return undefined;
  const { cpu, memoryMiB, sniCheck } = task;
  const larger = FARGATE_CPUS.flatMap((cpu) =>
    fargateMemoryMiB(cpu).map((memoryMiB) => ({ cpu, memoryMiB, sniCheck })),
  ).find((larger) => larger.cpu >= cpu && domains <= capacity(size, larger));
  const twice = sniCheck === "on" ? ', twice with proxy.sniCheck "on"' : "";
  const remedy =
    larger === undefined
      ? "No task size reads as many: shorten the lists."
      : `Set service.cpu to ${larger.cpu} and service.memoryMiB to ${larger.memoryMiB}, or shorten the lists.`;
  return (
    `the domain lists have ${count(domains)} domains together. A task with service.cpu ${cpu} and ` +
    `service.memoryMiB ${memoryMiB} reads them as it starts${twice}, and has the time and the memory for ` +
    `about ${count(most)}. ${remedy}`
  );
}

/** How many domains of such lengths a task has room for. */
function capacity(
  { domains, characters }: ListsSize,
  { cpu, memoryMiB, sniCheck }: TaskProps,
): number {
  const copies = sniCheck === "on" ? 2 : 1;
  const inTime = (Math.min(cpu, MOST_CPU_UNITS) / 256) * DOMAINS_PER_256_CPU_UNITS;
  const bytesEach = BYTES_PER_DOMAIN + characters / domains;
  const inMemory = (memoryMiB * 2 ** 20 * MEMORY_SHARE) / bytesEach;
  return Math.floor(Math.min(inTime, inMemory) / copies / 1000) * 1000;
}

const count = (number: number) => number.toLocaleString("en-US");
