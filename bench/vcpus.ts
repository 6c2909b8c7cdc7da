import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { requireDocker } from "../src/common/docker-engine";
import { PROJECT_ROOT } from "../src/common/project-root";
import { readOptions } from "../src/common/read-options";
import { reportUserErrors, UserError } from "../src/common/user-error";
import { squidContainer } from "../src/fleet/squid/squid-container";
import { docker, eventually, Sandbox } from "../__tests__/helpers/docker";
import { DEFAULTS, optionsOf, standInInternet } from "../__tests__/helpers/lab";
import { writeStore } from "../__tests__/helpers/rule-store";
import { Cgroup } from "./cgroup";
import { summary } from "./summary";

/**
 * How much more a task of two vCPUs serves than one of one, each as fast as it can: they take turns, under
 * the same load. A vCPU is 0.3 of a core here, so that a machine of two cores has most of them left for load and
 * origin. Needs a Docker engine on this machine. `npm run bench:vcpus`, without arguments; takes two minutes.
 */

const ROUNDS = 5;
const SECONDS = 3;
const CONNECTIONS = 32;
const CORES_PER_VCPU = 0.3;

/** What the load generator takes, and the length of the body. */
const WORKLOADS = {
  "miss, 1 KB": ["get", "/fresh/1k/%u", "1024"],
  "no-store, 64 KB": ["get", "/no-store/64k", "65536"],
  "new tunnel": ["tunnel", "/fresh/1k", "1024"],
} as const;

const VCPUS = [1, 2] as const;

const folder = mkdtempSync(path.join(tmpdir(), "bench-vcpus-"));

async function createTask(
  sandbox: Sandbox,
  vcpus: number,
  images: Record<"squid" | "tools", string>,
) {
  const network = ["--network", await standInInternet(sandbox), "--network-alias", "origin.test"];
  const ports = ["--sysctl", "net.ipv4.ip_local_port_range=1024 65535"];
  const reuse = ["--sysctl", "net.ipv4.tcp_tw_reuse=1"];
  const origin = await sandbox.container(
    ...[...network, ...ports, ...reuse, "--log-driver", "none", images.tools],
    ...["nginx", "-c", "/etc/bench/origin.conf"],
  );
  await docker("start", origin);
  const beside = ["--network", `container:${origin}`, "--log-driver", "none"];
  const generator = await sandbox.container(...beside, images.tools, "sleep", "infinity");
  const task = {
    ...DEFAULTS,
    cpu: 1024 * vcpus,
    memoryMiB: 4096,
    connectPorts: [443, 8443],
    // All of the load is one client's, and chance may give most of it to one Squid.
    maxConnectionsPerClient: 4 * CONNECTIONS,
  };
  const proxy = await sandbox.container(
    ...[...beside, ...optionsOf(squidContainer(task))],
    ...["--volume", `${folder}:/etc/squid/rules:ro`, "--cpus", String(CORES_PER_VCPU * vcpus)],
    images.squid,
  );
  await docker("start", generator);
  await docker("start", proxy);
  return { vcpus, generator, cgroup: await Cgroup.of(proxy) };
}

async function main(sandbox: Sandbox): Promise<void> {
  writeStore(folder, {});
  // The proxies are another user.
  chmodSync(folder, 0o755);
  const build = (name: string, ...options: string[]) =>
    docker("build", "--quiet", "--force-rm", ...options, path.join(PROJECT_ROOT, name));
  const images = {
    squid: await build("squid"),
    tools: await build("bench/proxy", "--target", "tools"),
  };
  const tasks = [];
  for (const vcpus of VCPUS) tasks.push(await createTask(sandbox, vcpus, images));

  console.log(
    `Requests a second, and CPU seconds per 10,000: medians of ${ROUNDS} rounds; ${CORES_PER_VCPU} cores for each vCPU\n`,
  );
  console.log("| | 1 vCPU | 2 vCPUs | times | 1 vCPU | 2 vCPUs |");
  console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
  for (const [name, workload] of Object.entries(WORKLOADS)) {
    const run = async (generator: string, seconds: number) => {
      const [mode, url, length] = workload;
      const load = ["load", String(seconds), String(CONNECTIONS), "origin.test", mode, url, length];
      return Number(await docker("exec", generator, ...load));
    };
    const rates = tasks.map((): number[] => []);
    const costs = tasks.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, { generator, cgroup }] of tasks.entries()) {
        await eventually(() => run(generator, 0));
        await run(generator, 0.5);
        const before = cgroup.cpuSeconds();
        const requests = await run(generator, SECONDS);
        rates[index]!.push(requests / SECONDS);
        costs[index]!.push(((cgroup.cpuSeconds() - before) / requests) * 10_000);
      }
    }
    const [one, two] = rates;
    const times = summary(two!.map((rate, round) => rate / one![round]!));
    const cells = [
      ...rates.map((all) => summary(all).median.toFixed(0)),
      `${times.median.toFixed(2)} (${times.least.toFixed(2)} to ${times.most.toFixed(2)})`,
      ...costs.map((all) => summary(all).median.toFixed(2)),
    ];
    console.log(`| ${[name, ...cells].join(" | ")} |`);
  }
}

void reportUserErrors(async () => {
  const { mistakes } = readOptions(process.argv.slice(2), {});
  if (mistakes.length > 0) {
    throw new UserError([...mistakes, "npm run bench:vcpus takes no arguments."].join("\n"));
  }
  const sandbox = new Sandbox();
  try {
    requireDocker("The benchmark needs Docker.");
    await main(sandbox);
  } finally {
    await sandbox.remove();
    rmSync(folder, { recursive: true });
  }
});
