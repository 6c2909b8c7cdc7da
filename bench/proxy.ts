import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dockerFailure } from "../src/common/docker-engine";
import { PROJECT_ROOT } from "../src/common/project-root";
import { squidContainer, type SquidContainerProps } from "../src/fleet/squid/squid-container";
import { reportUserErrors, UserError } from "../src/common/user-error";
import { docker, eventually, Sandbox } from "../__tests__/helpers/docker";
import { DEFAULTS, optionsOf, standInInternet } from "../__tests__/helpers/lab";
import { writeStore } from "../__tests__/helpers/rule-store";
import { Cgroup } from "./cgroup";
import { summary } from "./summary";

/**
 * What a request costs the proxy: CPU time from its container's cgroup, beside other proxies under the
 * same load. They take turns, because the machine's speed drifts. Needs a Docker engine on this
 * machine and two cores, one for the proxy, one for load and origin; and Go, which builds smokescreen.
 * `npm run bench:proxy [-- <rounds> [<folder>]]`; a round takes about 75 seconds. The folder is
 * another version of squid/, whose image runs beside this one's.
 */

const ROUNDS = Number(process.argv[2] ?? 7);
const WARM_UP_SECONDS = 0.4;
const SECONDS = 1.5;
/** Enough to keep a core busy, few enough for tinyproxy, which has a thread for each. */
const CONNECTIONS = 32;

const PROXY_CORE = ["--cpuset-cpus", "0"];
const LOAD_CORE = ["--cpuset-cpus", "1"];
/** The engine takes stdout and throws it away: whoever stores logs elsewhere uses other CPUs, too. */
const LOG = ["--log-driver", "none"];
/** Thousands of connections per second to one address would run out of ports in TIME_WAIT. */
const PORTS = [
  ...["--sysctl", "net.ipv4.ip_local_port_range=1024 65535"],
  ...["--sysctl", "net.ipv4.tcp_tw_reuse=1"],
];
const SQUID = path.join(PROJECT_ROOT, "squid");
const OTHER_SQUID = process.argv[3];
const OTHERS = path.join(__dirname, "proxy");

interface Workload {
  /** What the load generator takes: mode, path, length of the body. */
  readonly load: readonly [mode: "get" | "tunnel" | "kept" | "tls", path: string, length: number];
}

const workloads = {
  "hit, 1 KB": { load: ["get", "/fresh/1k", 1024] },
  "miss, 1 KB": { load: ["get", "/fresh/1k/%u", 1024] },
  "no-store, 64 KB": { load: ["get", "/no-store/64k", 65536] },
  "new tunnel": { load: ["tunnel", "/fresh/1k", 1024] },
  "kept tunnel": { load: ["kept", "/fresh/1k", 1024] },
  "new TLS tunnel": { load: ["tls", "/fresh/1k", 1024] },
} as const satisfies Record<string, Workload>;

type WorkloadName = keyof typeof workloads;
const workloadNames = Object.keys(workloads) as WorkloadName[];

interface Proxy {
  readonly image: "proxy" | "other" | "source" | "tools" | "trafficserver";
  /** Between `docker create` and the image. */
  readonly options?: readonly string[];
  readonly command?: readonly string[];
  /** Without it, a client needs a connection for each request. */
  readonly keepsConnections: boolean;
  readonly workloads: readonly WorkloadName[];
}

/** All of the load is one client's. */
const ONE_CLIENT = {
  ...DEFAULTS,
  connectPorts: [443, 8443],
  maxConnectionsPerClient: 2 * CONNECTIONS,
};

/** A store without a rule, as the images before there were stores had lists without a domain. */
const STORE = mkdtempSync(path.join(tmpdir(), "bench-proxy-"));

/** What is built here, as no package has it. */
const PROGRAMS = mkdtempSync(path.join(tmpdir(), "bench-proxy-programs-"));
/** Of the Go module proxy. */
const SMOKESCREEN = "github.com/stripe/smokescreen@v0.1.0";

/** What the engine needs to run a proxy of ours. */
function taskOptions(task: SquidContainerProps): string[] {
  return [...optionsOf(squidContainer(task)), "--volume", `${STORE}:/etc/squid/rules:ro`];
}

const ours = {
  options: taskOptions({ ...ONE_CLIENT, cache: "shared" }),
  keepsConnections: true,
  workloads: workloadNames,
} as const;
const oursWithSniCheck = {
  options: taskOptions({ ...ONE_CLIENT, sniCheck: "on" }),
  keepsConnections: true,
  workloads: ["new TLS tunnel"],
} as const;

const proxies = {
  "this image": { image: "proxy", ...ours },
  "this image, SNI check": { image: "proxy", ...oursWithSniCheck },
  "other image": { image: "other", ...ours },
  "other image, SNI check": { image: "other", ...oursWithSniCheck },
  "source's configuration": { image: "source", keepsConnections: true, workloads: workloadNames },
  "Traffic Server": { image: "trafficserver", keepsConnections: true, workloads: workloadNames },
  smokescreen: {
    image: "tools",
    options: ["--volume", `${PROGRAMS}:/programs:ro`],
    command: ["/programs/smokescreen", "--listen-port", "3128"],
    keepsConnections: true,
    // It has no cache.
    workloads: workloadNames.filter((name) => name !== "hit, 1 KB"),
  },
  tinyproxy: {
    image: "tools",
    command: ["tinyproxy", "-d", "-c", "/etc/bench/tinyproxy.conf"],
    keepsConnections: false,
    workloads: workloadNames,
  },
  nginx: {
    image: "tools",
    command: ["nginx", "-c", "/etc/bench/nginx.conf"],
    // For its cache, with room for what it has not removed yet.
    options: ["--shm-size", "1g"],
    keepsConnections: true,
    workloads: ["hit, 1 KB", "miss, 1 KB", "no-store, 64 KB"],
  },
} as const satisfies Record<string, Proxy>;

type ProxyName = keyof typeof proxies;
const proxyNames = (Object.keys(proxies) as ProxyName[]).filter(
  (name) => OTHER_SQUID !== undefined || proxies[name].image !== "other",
);
const BASE: ProxyName = "source's configuration";

function does(proxy: ProxyName, workload: WorkloadName): boolean {
  const { workloads }: Proxy = proxies[proxy];
  return workloads.includes(workload);
}

async function build(folder: string, ...options: string[]): Promise<string> {
  // The tag stays, so that the next run finds the layers.
  return docker("build", "--quiet", "--force-rm", ...options, folder);
}

/** CPU seconds per 10,000 requests, of each round. */
type Costs = Map<WorkloadName, Map<ProxyName, number[]>>;

function print(costs: Costs, memory: ReadonlyMap<ProxyName, number>): void {
  const row = (cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);
  const table = (first: string, columns: readonly string[]) => {
    row([first, ...columns]);
    row(["---", ...columns.map(() => "---:")]);
  };
  const rows = (cell: (workload: WorkloadName, proxy: ProxyName) => string) => {
    for (const proxy of proxyNames) row([proxy, ...workloadNames.map((name) => cell(name, proxy))]);
  };

  console.log(`CPU seconds per 10,000 requests: median of ${ROUNDS} rounds, least to most\n`);
  table("", [...workloadNames, "memory, MiB"]);
  for (const proxy of proxyNames) {
    const cells = workloadNames.map((workload) => {
      const all = costs.get(workload)?.get(proxy);
      if (all === undefined) return "–";
      const { median, least, most } = summary(all);
      return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
    });
    row([proxy, ...cells, memory.get(proxy)!.toFixed(0)]);
  }

  console.log(`\nTimes the CPU of "${BASE}": median of the rounds' ratios\n`);
  table("", workloadNames);
  rows((workload, proxy) => {
    const all = costs.get(workload)?.get(proxy);
    const base = costs.get(workload)!.get(BASE)!;
    return all ? summary(all.map((cost, round) => cost / base[round]!)).median.toFixed(2) : "–";
  });
}

/** A proxy, and in the same network namespace its load generator and its origin. */
interface Environment {
  /** The name of its address, in a network that all of them share. */
  readonly host: string;
  /** The proxy's. */
  readonly cgroup: Cgroup;
  readonly generator: string;
}

/**
 * Each proxy has all it needs in a network namespace of its own: what the engine's bridge and its
 * firewall take for each packet would be counted with the proxy, and a Fargate task has neither.
 */
async function createEnvironment(
  sandbox: Sandbox,
  internet: string,
  host: string,
  { image, options = [], command = [] }: Proxy,
  images: Readonly<Record<Proxy["image"], string>>,
): Promise<Environment> {
  const network = ["--network", internet, "--network-alias", host];
  const origin = await sandbox.container(
    ...[...network, ...LOG, ...PORTS, ...LOAD_CORE, images.tools],
    ...["nginx", "-c", "/etc/bench/origin.conf"],
  );
  await docker("start", origin);
  const beside = ["--network", `container:${origin}`, ...LOG];
  const generator = await sandbox.container(
    ...[...beside, ...LOAD_CORE, images.tools, "sleep", "infinity"],
  );
  await docker("start", generator);
  const proxy = await sandbox.container(
    ...[...beside, ...PROXY_CORE, ...options, images[image], ...command],
  );
  await docker("start", proxy);
  return { host, generator, cgroup: await Cgroup.of(proxy) };
}

async function main(sandbox: Sandbox): Promise<void> {
  writeStore(STORE, {});
  // The proxies are another user.
  for (const folder of [STORE, PROGRAMS]) chmodSync(folder, 0o755);
  execFileSync("go", ["install", SMOKESCREEN], {
    env: { ...process.env, GOBIN: PROGRAMS, CGO_ENABLED: "0" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const images = {
    proxy: await build(SQUID),
    other: OTHER_SQUID === undefined ? "" : await build(OTHER_SQUID),
    source: await build(OTHERS, "--target", "source"),
    trafficserver: await build(OTHERS, "--target", "trafficserver"),
    tools: await build(OTHERS, "--target", "tools"),
  };
  const environments = new Map<ProxyName, Environment>();
  const internet = await standInInternet(sandbox);
  for (const [index, name] of proxyNames.entries()) {
    const host = `origin-${index + 1}.test`;
    const environment = await createEnvironment(sandbox, internet, host, proxies[name], images);
    environments.set(name, environment);
  }

  /** Returns how many requests were answered; one that was not as expected is an error. */
  const load = async (proxy: ProxyName, workload: WorkloadName, seconds: number) => {
    if (process.exitCode !== undefined) throw new Error("interrupted");
    const { generator, host } = environments.get(proxy)!;
    const [mode, url, length] = workloads[workload].load;
    const output = await docker(
      ...["exec", generator, "load", String(seconds), String(CONNECTIONS), host],
      ...[mode === "get" && !proxies[proxy].keepsConnections ? "once" : mode, url, String(length)],
    );
    return Number(output);
  };

  for (const proxy of proxyNames) {
    await eventually(() => load(proxy, proxies[proxy].workloads[0], 0));
  }

  const costs: Costs = new Map(workloadNames.map((name) => [name, new Map<ProxyName, number[]>()]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const workload of workloadNames) {
      for (const proxy of proxyNames.filter((name) => does(name, workload))) {
        const { cgroup } = environments.get(proxy)!;
        await load(proxy, workload, WARM_UP_SECONDS);
        const before = cgroup.cpuSeconds();
        const requests = await load(proxy, workload, SECONDS);
        const cost = ((cgroup.cpuSeconds() - before) / requests) * 10_000;
        const all = costs.get(workload)!.get(proxy) ?? [];
        costs.get(workload)!.set(proxy, [...all, cost]);
      }
    }
    process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`);
  }
  const memory = [...environments].map(([name, { cgroup }]) => {
    return [name, cgroup.memoryMiB()] as const;
  });
  print(costs, new Map(memory));
}

function requireTools(): void {
  const mistakes: string[] = [];
  if (!Number.isInteger(ROUNDS) || ROUNDS < 1) {
    mistakes.push(
      `The number of rounds is "${process.argv[2]}", and must be a whole number from 1.`,
    );
  }
  const failure = dockerFailure();
  if (failure !== undefined) {
    mistakes.push(failure);
  }
  if (spawnSync("go", ["version"]).status !== 0) {
    mistakes.push("smokescreen is built with Go, which is not here: install it (go.dev/dl).");
  }
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"));
}

const sandbox = new Sandbox();
// Not the end at once: what was created has to be removed.
process.on("SIGINT", () => (process.exitCode = 130));
process.on("SIGTERM", () => (process.exitCode = 143));

void reportUserErrors(async () => {
  try {
    requireTools();
    await main(sandbox);
  } catch (error) {
    // What fails after an interruption does so because of it.
    if (process.exitCode === undefined) throw error;
  } finally {
    await sandbox.remove();
    for (const folder of [STORE, PROGRAMS]) rmSync(folder, { recursive: true });
  }
});
