import { setTimeout as sleep } from "node:timers/promises";
import { squidContainer } from "../../../src/fleet/squid/squid-container";
import { Cgroup } from "../../../bench/cgroup";
import { docker } from "../../helpers/docker";
import { DEFAULTS, type Lab, type Proxy } from "../../helpers/lab";

/** More often than a task's, whose interval is 15 s, so that some fall into each attack. */
const PAUSE_MS = 3_000;

const [, ...CHECK] = squidContainer(DEFAULTS).healthCheck.command;

/** Runs the container's own health check again and again, and counts. */
export class HealthWatch {
  checks = 0;
  failed = 0;
  private readonly ending = new AbortController();
  private readonly running: Promise<void>;

  constructor(private readonly proxy: Proxy) {
    this.running = this.run();
  }

  async end(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      // It has a time limit of its own, which leaves out how long the engine takes to begin.
      await docker("exec", this.proxy.container, ...CHECK).catch(() => this.failed++);
      this.checks++;
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** What has ended a container that should go on; nothing if it does. */
export async function endOf({ container }: Proxy): Promise<string | undefined> {
  const format = "{{.State.Running}} {{.State.OOMKilled}} {{.State.ExitCode}}";
  const [running, outOfMemory, code] = (
    await docker("inspect", "--format", format, container)
  ).split(" ");
  if (outOfMemory === "true") return "out of memory";
  return running === "true" ? undefined : `ended with ${code}`;
}

/** How many descriptors Squid has open, or all Squids of a task together. */
export async function descriptors({ container }: Proxy): Promise<number> {
  const count = `[[ $(<$process/comm) == squid ]] && files=($process/fd/*) && echo \${#files[@]}`;
  const loop = `for process in /proc/[0-9]*; do ${count}; done 2>&-; :`;
  const counts = await docker("exec", container, "bash", "-c", loop);
  return counts.split("\n").reduce((sum, count) => sum + Number(count), 0);
}

/**
 * What a container has allocated, together with what the kernel holds for its connections: that is
 * not counted as the container's everywhere.
 */
export async function memoryMiB(lab: Lab, { container }: Proxy): Promise<number> {
  const sockets = await lab.run(`container:${container}`, ["ss", "--tcp", "--memory", "--numeric"]);
  // Received and unread, and sent or to be sent.
  const bytes = Array.from(sockets.matchAll(/skmem:\(r(\d+),.*?,w(\d+),/g), ([, read, written]) => {
    return Number(read) + Number(written);
  });
  const kernel = bytes.reduce((sum, one) => sum + one, 0) / 2 ** 20;
  return (await Cgroup.of(container)).memoryMiB() + kernel;
}
