import { readFileSync } from "node:fs";
import path from "node:path";
import { docker } from "../src/tools/rehearsal/docker";

/** What a container's CPU quota has done to it so far. */
export interface Throttling {
  /** Periods of the quota, usually 0.1 s, in which the container had something to do. */
  readonly periods: number;
  /** Those in which it used the quota up and had to wait. */
  readonly throttled: number;
}

/** Where the kernel accounts for a running container; on this machine, so not on Docker Desktop. */
export class Cgroup {
  /** By controller; with cgroups of version 2 there is one, without a name. */
  private constructor(private readonly directories: ReadonlyMap<string, string>) {}

  static async of(container: string): Promise<Cgroup> {
    const pid = await docker("inspect", "--format", "{{.State.Pid}}", container);
    // Lines like "4:cpu,cpuacct:/docker/…", or only "0::/…" with version 2.
    const directories = new Map<string, string>();
    for (const line of readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n")) {
      const [, controllers = "", group = ""] = line.split(":");
      for (const controller of controllers.split(",")) {
        directories.set(controller, path.join("/sys/fs/cgroup", controller, group));
      }
    }
    return new Cgroup(directories);
  }

  cpuSeconds(): number {
    const version1 = this.directories.get("cpuacct");
    return version1 !== undefined
      ? Number(readFileSync(path.join(version1, "cpuacct.usage"), "utf8")) / 1e9
      : this.statistic("cpu", "cpu.stat", "usage_usec") / 1e6;
  }

  /** What the processes have allocated and touched; without files that the kernel may drop. */
  memoryMiB(): number {
    const name = this.directories.has("memory") ? "total_rss" : "anon";
    return this.statistic("memory", "memory.stat", name) / 2 ** 20;
  }

  /** The most that was in memory at any time, files among it. */
  peakMemoryMiB(): number {
    const version1 = this.directories.get("memory");
    const file =
      version1 !== undefined
        ? path.join(version1, "memory.max_usage_in_bytes")
        : path.join(this.directories.get("")!, "memory.peak");
    return Number(readFileSync(file, "utf8")) / 2 ** 20;
  }

  throttling(): Throttling {
    return {
      periods: this.statistic("cpu", "cpu.stat", "nr_periods"),
      throttled: this.statistic("cpu", "cpu.stat", "nr_throttled"),
    };
  }

  private statistic(controller: string, file: string, name: string): number {
    const directory = this.directories.get(controller) ?? this.directories.get("")!;
    const text = readFileSync(path.join(directory, file), "utf8");
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)![1]);
  }
}
