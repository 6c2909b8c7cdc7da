import { runDocker } from "../docker";
import type { Proxy } from "../service";

/** What a task uses at a moment, in percent of what its task definition gives it, as ECS counts. */
export interface Usage {
  /** The container's id. */
  readonly task: string;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

/** What the proxies use that run; Docker looks for a second. */
export async function usageOf(proxies: readonly Pick<Proxy, "container">[]): Promise<Usage[]> {
  const containers = proxies.map(({ container }) => container);
  const format = "{{.ID}},{{.CPUPerc}},{{.MemPerc}}";
  const [stats, cpus] = await Promise.all([
    rowsOf(["stats", "--no-stream", "--no-trunc", "--format", format, ...containers]),
    rowsOf(["inspect", "--format", "{{.Id}},{{.HostConfig.NanoCpus}}", ...containers]),
  ]);
  const nanoCpus = new Map(cpus.map(([task = "", value]) => [task, Number(value)]));
  return stats.flatMap(([task = "", cpu = "", memory = ""]) => {
    const quota = nanoCpus.get(task);
    // One that has ended meanwhile.
    if (quota === undefined || !/^\d/.test(cpu)) return [];
    const cpuPercent = parseFloat(cpu) / (quota / 1e9);
    return [{ task, cpuPercent, memoryPercent: parseFloat(memory) }];
  });
}

/** Whatever Docker says, also where one of the containers has gone. */
async function rowsOf(args: readonly string[]): Promise<string[][]> {
  const { stdout } = await runDocker(args, "");
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(","));
}
