import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "../docker";
import type { Rehearsal } from "../rehearsal";
import type { Proxy } from "../service";
import type { Expectation } from "./account";

/** Something that goes wrong, or is done to the fleet, while clients use it. */
export interface Fault {
  /** What `--only` calls it. */
  readonly name: string;
  readonly title: string;
  /** What clients may notice of it at most. */
  readonly aim: string;
  /** The alarms that it rings, by their ids, where it lasts as long as a recorder asks for. */
  readonly rings: readonly string[];
  /**
   * Makes it, and waits until the fleet is whole again.
   *
   * @param hold prolongs it, if anybody asks for that.
   */
  make(rehearsal: Rehearsal, hold: Hold): Promise<Expectation>;
}

/** Waits while a fault is in force. */
export type Hold = () => Promise<void>;

/** How long anything may take that a fault waits for; then it is not what it should be. */
const LIMIT_SECONDS = 180;

/** Waits until something is the case, looking each second. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_SECONDS * 1_000;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`after ${LIMIT_SECONDS} seconds it is still not the case: ${what}`);
    }
    await sleep(1_000);
  }
}

/** The proxy that something happens to. */
export async function victim(rehearsal: Rehearsal): Promise<Proxy> {
  const [first] = await rehearsal.service.proxies();
  return first!;
}

/** From when on the tunnels through some proxies may be cut, by the addresses that web sites see. */
export function mayBeCutFrom(time: number, proxies: readonly Proxy[]): Map<string, number> {
  return new Map(proxies.map(({ egressAddress }) => [egressAddress, time]));
}

/** Sends a signal to a process of a proxy by its name; the image has no program for that but bash. */
export async function signal(
  { container }: Pick<Proxy, "container">,
  name: string,
  program: string,
): Promise<void> {
  const isProgram = `[[ $(<$process/comm) == ${program} ]]`;
  const loop = `for process in /proc/[0-9]*; do ${isProgram} && kill -${name} \${process#/proc/}; done`;
  await docker("exec", container, "bash", "-c", `${loop} 2>&-; :`);
}

/**
 * Attaches to a container's stdout and stderr and reads neither, so that Docker takes no more of them
 * for anybody.
 *
 * @returns what ends that.
 */
export function stallLog({ container }: Pick<Proxy, "container">): () => void {
  const options = ["--no-stdin", "--sig-proxy=false"];
  const reader = spawn("docker", ["attach", ...options, container], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return () => reader.kill("SIGKILL");
}

/** What the container's own health check says. */
export async function containerHealth({ container }: Proxy): Promise<string> {
  return docker("inspect", "--format", "{{.State.Health.Status}}", container);
}
