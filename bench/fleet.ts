import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { PROJECT_ROOT } from "../src/common/project-root";
import type { RuleSet } from "../src/fleet/rules/rule-set";
import { docker, requireCompose } from "../src/tools/rehearsal/docker";
import { Rehearsal } from "../src/tools/rehearsal/rehearsal";
import type { Proxy } from "../src/tools/rehearsal/service";
import { parseSettings, type Settings } from "../src/configuration/settings";
import { reportUserErrors, UserError } from "../src/common/user-error";
import { addressOf, Sandbox } from "../__tests__/helpers/docker";
import { Cgroup } from "./cgroup";
import { writeDocuments } from "./fleet/document";
import {
  FLEET_SIZES,
  PACED_SHARES,
  readSpeed,
  SPEED_FILE,
  WORKLOADS,
  type Paced,
  type Sample,
  type Speed,
  type Workload,
} from "./fleet/speed";
import { limits, throughput, times } from "./fleet/tables";
import { machineCpuSeconds } from "./fleet/machine";

/**
 * What one, two and three proxies answer, through the load balancer of a rehearsal, each with the CPU
 * quota of its task definition. They take turns, because the machine's speed drifts. Needs a Docker
 * engine on this machine and two cores; a round takes about three minutes.
 *
 *   npm run bench:fleet -- [<rounds>] [--save]   measures, prints, and keeps the numbers in docs/
 *   npm run bench:fleet -- --document            makes docs/ from the numbers kept, or after new prices
 */

const USAGE =
  "Usage: npm run bench:fleet -- [<rounds>] [--save], or npm run bench:fleet -- --document";

const WARM_UP_SECONDS = 1;
const SECONDS = 3;
/** Long enough for a 99th percentile that more than a few answers decide. */
const PACED_SECONDS = 4;

/** So many requests are under way at a time: enough to keep three proxies busy. */
const CONNECTIONS: Readonly<Record<Workload, number>> = { http: 64, tunnel: 64, download: 16 };
/** The most connections of a paced load; it needs fewer as long as the proxies keep up. */
const PACED_CONNECTIONS = 256;

/** The access log's lines that are looked at for their length. */
const LOG_LINES = 500;

interface Arguments {
  readonly rounds: number;
  readonly save: boolean;
  readonly document: boolean;
}

function readArguments(): Arguments {
  const { values, positionals } = parsed();
  const mistakes: string[] = [];
  const [rounds = "5", ...others] = positionals;
  if (!/^[1-9]\d*$/.test(rounds)) {
    mistakes.push(`The number of rounds is "${rounds}", and must be a whole number from 1.`);
  }
  if (others.length > 0) mistakes.push(`What is "${others.join(" ")}"?`);
  if (values.document && (positionals.length > 0 || values.save)) {
    mistakes.push("--document measures nothing, so it takes neither rounds nor --save.");
  }
  if (mistakes.length > 0) throw new UserError([...mistakes, USAGE].join("\n"));
  return { rounds: Number(rounds), save: values.save, document: values.document };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        save: { type: "boolean", default: false },
        document: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n${USAGE}`);
  }
}

/** The origin is on nobody's list. */
const EVERYTHING: RuleSet = {
  name: "default",
  domainFilter: "enforce",
  allowed: [],
  denied: [],
};

/** The defaults, with as many tasks as the first measurement needs. */
function settings(): Settings {
  const parsed = parseSettings({
    service: { desiredCount: 1, minCapacity: 1 },
    // All of the load is one client's.
    proxy: { maxConnectionsPerClient: 2 * PACED_CONNECTIONS },
  });
  if ("mistakes" in parsed) throw new RangeError(parsed.mistakes.join("\n"));
  return parsed.settings;
}

/** What load.c prints. */
interface Answer {
  readonly perSecond: number;
  readonly megabytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The load generator in the clients' network and the origin in the Internet, each in a container. */
class LoadGenerator {
  private constructor(
    readonly container: string,
    readonly origin: string,
    private readonly originAddress: string,
    private readonly loadBalancerAddress: string,
  ) {}

  static async start(rehearsal: Rehearsal, sandbox: Sandbox): Promise<LoadGenerator> {
    const image = await docker(
      ...["build", "--quiet", "--force-rm", path.join(__dirname, "fleet")],
    );
    const internet = await networkOf(await rehearsal.container("site"));
    const clients = await networkOf(await rehearsal.client());
    const origin = await sandbox.container(
      ...["--network", internet, image],
      ...["nginx", "-c", "/etc/bench/origin.conf"],
    );
    const load = await sandbox.container(
      ...["--network", clients, image],
      ...["sleep", "infinity"],
    );
    await docker("start", origin, load);
    const balancer = await rehearsal.container("load-balancer");
    return new LoadGenerator(
      load,
      origin,
      await addressOf(origin, internet),
      await addressOf(balancer, clients),
    );
  }

  /** Asks for a while; with a rate, at that many requests a second. */
  async run(
    workload: Workload,
    { seconds, connections, rate = 0 }: { seconds: number; connections: number; rate?: number },
  ): Promise<Answer> {
    const numbers = [seconds, connections, rate].map(String);
    const output = await docker(
      ...["exec", this.container, "load", ...numbers],
      ...[this.loadBalancerAddress, this.originAddress, workload],
    );
    return JSON.parse(output) as Answer;
  }
}

/** The one network that a container is in. */
function networkOf(container: string): Promise<string> {
  const format = "{{range .NetworkSettings.Networks}}{{.NetworkID}}{{end}}";
  return docker("inspect", "--format", format, container);
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

/** Who has used how much CPU time, of a load on the proxies that there are. */
class Meter {
  private constructor(
    private readonly proxies: readonly Cgroup[],
    private readonly others: readonly Cgroup[],
  ) {}

  static async of(rehearsal: Rehearsal, load: LoadGenerator, proxies: readonly Proxy[]) {
    const cgroups = (containers: readonly string[]) =>
      Promise.all(containers.map((container) => Cgroup.of(container)));
    return new Meter(
      await cgroups(proxies.map(({ container }) => container)),
      await cgroups([await rehearsal.container("load-balancer"), load.origin, load.container]),
    );
  }

  /** Runs something, and returns with its result the CPU used meanwhile, in cores. */
  async during<Result>(run: () => Promise<Result>) {
    const before = this.read();
    const result = await run();
    const after = this.read();
    const increase = (figure: (reading: typeof before) => number) => figure(after) - figure(before);
    const seconds = increase(({ time }) => time);
    const cores = (index: number) => rounded(increase(({ cpu }) => cpu[index]!) / seconds);
    return {
      result,
      proxiesCpu: cores(0),
      loadBalancerCpu: cores(1),
      originCpu: cores(2),
      loadCpu: cores(3),
      machineCpu: cores(4),
      throttled: rounded(
        increase((reading) => reading.throttled) / increase(({ periods }) => periods),
      ),
    };
  }

  private read() {
    const throttlings = this.proxies.map((proxy) => proxy.throttling());
    return {
      time: performance.now() / 1000,
      cpu: [
        sum(this.proxies.map((proxy) => proxy.cpuSeconds())),
        ...this.others.map((other) => other.cpuSeconds()),
        machineCpuSeconds(),
      ],
      periods: sum(throttlings.map(({ periods }) => periods)),
      throttled: sum(throttlings.map(({ throttled }) => throttled)),
    };
  }
}

/** What a load gets out of the proxies: as much as it can, and then less. */
async function measure(
  meter: Meter,
  load: LoadGenerator,
  workload: Workload,
): Promise<Omit<Sample, "round" | "proxies" | "workload">> {
  await load.run(workload, { seconds: WARM_UP_SECONDS, connections: CONNECTIONS[workload] });
  const { result, ...usage } = await meter.during(() =>
    load.run(workload, { seconds: SECONDS, connections: CONNECTIONS[workload] }),
  );
  const { perSecond, megabytesPerSecond } = result;
  const paced: Paced[] = [];
  for (const share of PACED_SHARES) {
    const { result: answer, proxiesCpu } = await meter.during(() =>
      load.run(workload, {
        seconds: PACED_SECONDS,
        connections: PACED_CONNECTIONS,
        rate: share * perSecond,
      }),
    );
    paced.push({ ...answer, proxiesCpu });
  }
  return { perSecond, megabytesPerSecond, ...usage, paced };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}

/** How long a line of the access log is; the last ones are of the tunnels that came last. */
async function accessLogBytes({ container }: Proxy): Promise<number> {
  const lines = (await docker("logs", "--tail", String(LOG_LINES), container))
    .split("\n")
    .filter((line) => line.includes('"CONNECT"'));
  return Math.round(sum(lines.map(({ length }) => length)) / lines.length);
}

async function sitting(rounds: number, sandbox: Sandbox): Promise<Speed> {
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  const rehearsal = new Rehearsal({
    root: PROJECT_ROOT,
    settings: settings(),
    rules: { sets: [EVERYTHING], always: [] },
    purpose: "bench",
    progress,
  });
  try {
    await rehearsal.up();
    const load = await LoadGenerator.start(rehearsal, sandbox);
    const samples: Sample[] = [];
    for (let round = 1; round <= rounds; round++) {
      for (const size of FLEET_SIZES) {
        let proxies = await rehearsal.service.proxies();
        // Nobody's connections have to be spared.
        for (const proxy of proxies.slice(size)) await rehearsal.service.remove(proxy);
        if (proxies.length < size) await rehearsal.service.start();
        proxies = await rehearsal.service.proxies();
        const meter = await Meter.of(rehearsal, load, proxies);
        for (const workload of WORKLOADS) {
          if (process.exitCode !== undefined) throw new Error("interrupted");
          const measured = await measure(meter, load, workload);
          samples.push({ round, proxies: size, workload, ...measured });
        }
      }
      progress(`round ${round} of ${rounds}`);
    }
    const [first] = await rehearsal.service.proxies();
    return {
      date: new Date().toISOString().slice(0, 10),
      processor: cpus()[0]!.model,
      cores: cpus().length,
      docker: await docker("version", "--format", "{{.Server.Version}}"),
      rounds,
      vcpusPerTask: settings().service.cpu / 1024,
      accessLogBytesPerTunnel: await accessLogBytes(first!),
      samples,
    };
  } finally {
    await sandbox.remove();
    await rehearsal.down();
  }
}

// Not the end at once: what was created has to be removed.
process.on("SIGINT", () => (process.exitCode = 130));
process.on("SIGTERM", () => (process.exitCode = 143));

void reportUserErrors(async () => {
  const { rounds, save, document } = readArguments();
  if (document) {
    writeDocuments(readSpeed());
    return;
  }
  requireCompose();
  try {
    const speed = await sitting(rounds, new Sandbox());
    console.log([throughput, times, limits].map((made) => made(speed)).join("\n\n"));
    if (save) {
      writeFileSync(SPEED_FILE, `${JSON.stringify(speed, null, 2)}\n`);
      writeDocuments(speed);
    }
  } catch (error) {
    // What fails after an interruption does so because of it.
    if (process.exitCode === undefined) throw error;
  }
});
