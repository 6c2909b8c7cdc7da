import type { Exchange, OrdinaryClient } from "./ordinary-client";

/** The part of an ordinary client's requests that may fail, during an attack and after it. */
const FAILED_SHARE = 0.01;

/** In this time 99 of 100 are done, on a machine that has time for it. */
const P99_MS = 2_000;

/** What 99 of 100 take on such a machine, where nobody attacks: two periods of the proxy's CPU quota. */
const CALM_P99_MS = 200;

/**
 * What a Squid may use while one client does what it can, as ten such clients must leave room for others:
 * memory for itself and an eleventh of the rest, and a client's connections with one to a server each.
 */
const MOST = { memoryMiB: 100, descriptors: 300 };

export interface Usage {
  readonly memoryMiB: number;
  readonly descriptors: number;
}

interface Health {
  readonly checks: number;
  readonly failed: number;
}

export interface Observation {
  readonly client: OrdinaryClient;
  /** One at a proxy that nobody attacks: what fails or waits there does so for the machine. */
  readonly alone: OrdinaryClient;
  readonly health: Health;
  readonly healthAlone: Health;
  /** How the container ended. */
  readonly end: string | undefined;
  /** At the attack's height; nothing where the container has ended. */
  readonly usage: Usage | undefined;
  /** How many Squids have used it. */
  readonly squids: number;
}

/** What an attack has done to others that it must not. */
export function harm(observation: Observation): string[] {
  const { client, alone, health, healthAlone, end, usage, squids } = observation;
  const { exchanges } = client;
  const most = {
    memoryMiB: MOST.memoryMiB * squids,
    descriptors: MOST.descriptors * squids,
  };
  const failures = failuresOf(exchanges);
  const mayFail = Math.ceil(exchanges.length * FAILED_SHARE) + failuresOf(alone.exchanges).length;
  const limit = P99_MS * Math.max(1, p99(alone.exchanges) / CALM_P99_MS);
  return [
    ...(end === undefined ? [] : [`the container: ${end}`]),
    ...(failures.length <= mayFail
      ? []
      : [`${failures.length} of ${exchanges.length} requests failed: ${failures[0]}`]),
    ...(p99(exchanges) <= limit
      ? []
      : [`p99 is ${p99(exchanges)} ms, and may be ${Math.round(limit)}`]),
    ...(health.failed <= healthAlone.failed
      ? []
      : [`${health.failed} of ${health.checks} health checks failed`]),
    ...(usage && usage.memoryMiB > most.memoryMiB
      ? [`${Math.round(usage.memoryMiB)} MiB of memory, and may have ${most.memoryMiB}`]
      : []),
    ...(usage && usage.descriptors > most.descriptors
      ? [`${usage.descriptors} descriptors, and may have ${most.descriptors}`]
      : []),
  ];
}

function failuresOf(exchanges: readonly Exchange[]): string[] {
  return exchanges.flatMap(({ failure }) => failure ?? []);
}

function p99(exchanges: readonly Exchange[]): number {
  const durations = exchanges.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return durations[Math.ceil(durations.length * 0.99) - 1] ?? 0;
}
