import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerFailure } from "../src/common/docker-engine";
import { reportUserErrors, UserError } from "../src/common/user-error";
import { PROXY_PORT } from "../src/fleet/squid/squid-container";
import { signal } from "../src/tools/rehearsal/faults/fault";
import { logLines } from "../__tests__/squid/access-log";
import { Lab, type Proxy, type Tunnel } from "../__tests__/helpers/lab";
import { storeObjects, writeObjects, type TestRules } from "../__tests__/helpers/rule-store";
import { Cgroup } from "./cgroup";
import { summary } from "./summary";

/**
 * What 20,000 rules cost, and what their changes do to the requests under way. Everything is a ratio
 * of two that take turns in one run, because the machine's speed drifts. Needs a Docker engine on this
 * machine and two cores. `npm run bench:rules [-- <rounds> [<swaps>]]`, about ten minutes by default.
 */

const ROUNDS = Number(process.argv[2] ?? 7);
const SWAPS = Number(process.argv[3] ?? 200);
const NAMES = 20_000;
const REQUESTS = 3_000;
const CONCURRENCY = 16;
/** New connections each second, while rules are swapped. */
const RATE = 200;
const TUNNELS = 20;
/** As often as a fetcher can be made to ask: when it has ended, the next one asks at once. */
const SWAP_MS = 1_200;
/** Blocks with swaps and blocks without them take turns. */
const BLOCKS = 4;

/** Long lists that admit whatever the lab's name server knows; each number makes others of them. */
function longRules(number: number): TestRules {
  const names = Array.from({ length: NAMES }, (_, i) => `host-${number}-${i}.some-domain.example`);
  return { allowed: [".test", ...names.slice(1)], denied: [`${number}.denied.example`] };
}

const target = (host: string) => `http://${host}/bytes/1`;

/** Sends requests over kept connections and returns the CPU seconds that each takes of the proxy. */
async function cost(proxy: Proxy, cgroup: Cgroup, host: (index: number) => string) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  let next = 0;
  const client = async () => {
    while (next < REQUESTS) {
      const to = { host: proxy.address, port: PROXY_PORT, path: target(host(next++)), agent };
      const [answer] = (await once(request(to).end(), "response")) as [IncomingMessage];
      await once(answer.resume(), "end");
      if (answer.statusCode !== 200) throw new Error(`${to.path}: status ${answer.statusCode}`);
    }
  };
  const before = cgroup.cpuSeconds();
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  agent.destroy();
  return (cgroup.cpuSeconds() - before) / REQUESTS;
}

async function benchmarkCost(lab: Lab): Promise<void> {
  const proxies = await Promise.all(
    [{}, longRules(0)].map(async (rules) => {
      const proxy = await lab.proxy({ rules, maxConnectionsPerClient: 2 * CONCURRENCY });
      return { proxy, cgroup: await Cgroup.of(proxy.container) };
    }),
  );
  const address = lab.is.origin.address.replaceAll(".", "-");
  let fresh = 0;
  const hosts = {
    seen: () => "origin.test",
    fresh: () => `x${fresh++}.a-${address}.ip.test`,
  };
  const ratios: Record<keyof typeof hosts, number[]> = { seen: [], fresh: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ["seen", "fresh"] as const) {
      const costs: number[] = [];
      for (const { proxy, cgroup } of proxies) costs.push(await cost(proxy, cgroup, hosts[kind]));
      ratios[kind].push(costs[1]! / costs[0]!);
    }
    process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`);
  }
  console.log(
    `\nCPU for each request with ${NAMES} rules, times that without: median (least to most)\n`,
  );
  console.log("| host seen before | new host |\n| --- | --- |");
  const cells = [ratios.seen, ratios.fresh].map((all) => {
    const { median, least, most } = summary(all);
    return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
  });
  console.log(`| ${cells.join(" | ")} |`);
}

/** What became of the requests of a block. */
interface Tally {
  readonly milliseconds: number[];
  failed: number;
}

/** A new connection for a request, and how long until its answer's end. */
async function ask(proxy: Proxy, tally: Tally): Promise<void> {
  const begin = performance.now();
  try {
    const { status } = await proxy.get(target("origin.test"));
    if (status !== 200) throw new Error(String(status));
    tally.milliseconds.push(performance.now() - begin);
  } catch {
    tally.failed++;
  }
}

/** Asks at the rate until it is told to stop. */
function load(proxy: Proxy, tally: Tally): () => Promise<unknown> {
  const pending = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const asked = ask(proxy, tally).finally(() => pending.delete(asked));
    pending.add(asked);
  }, 1_000 / RATE);
  return () => {
    clearInterval(timer);
    return Promise.all(pending);
  };
}

function percentile(values: readonly number[], part: number): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length * part)]!;
}

const isOpen = ({ socket }: Tunnel) => socket.readable && socket.writable;

async function benchmarkSwaps(lab: Lab): Promise<void> {
  const store = await lab.store(longRules(0));
  const proxy = await lab.proxy({ rules: store, maxConnectionsPerClient: 400 });
  const tunnels = await Promise.all(
    Array.from({ length: TUNNELS }, () => proxy.connect("origin.test:443")),
  );
  const tallies: Record<"with" | "without", Tally> = {
    with: { milliseconds: [], failed: 0 },
    without: { milliseconds: [], failed: 0 },
  };
  const versions = [storeObjects(longRules(1)), storeObjects(longRules(2))];
  for (let block = 0; block < BLOCKS; block++) {
    for (const kind of ["without", "with"] as const) {
      const stop = load(proxy, tallies[kind]);
      for (let swap = 0; swap < SWAPS / BLOCKS; swap++) {
        if (kind === "with") writeObjects(store, versions[swap % 2]!);
        // The engine's work for a signal is the same in both.
        await signal(proxy, kind === "with" ? "KILL" : "CONT", "rules-fetcher");
        await sleep(SWAP_MS);
      }
      await stop();
    }
    process.stderr.write(`block ${block + 1} of ${BLOCKS}\n`);
  }
  const changes = (await logLines(proxy)).filter((line) => line.event === "rules");
  const [p99With, p99Without] = [tallies.with, tallies.without].map(({ milliseconds }) =>
    percentile(milliseconds, 0.99),
  ) as [number, number];
  console.log(`\nSwaps of ${NAMES} rules at ${RATE} new connections a second\n`);
  console.log("| swaps | requests | failed | tunnels cut | p99, times that without swaps |");
  console.log("| ---: | ---: | ---: | ---: | ---: |");
  const row = [
    changes.length - 1,
    tallies.with.milliseconds.length + tallies.with.failed,
    `${tallies.with.failed} (${tallies.without.failed} without)`,
    tunnels.filter((tunnel) => !isOpen(tunnel)).length,
    (p99With / p99Without).toFixed(2),
  ];
  console.log(`| ${row.join(" | ")} |`);
}

void reportUserErrors(async () => {
  const failure = dockerFailure();
  if (failure !== undefined) throw new UserError(failure);
  if (![ROUNDS, SWAPS].every((number) => Number.isInteger(number) && number > 0)) {
    throw new UserError("Rounds and swaps must be whole numbers from 1.");
  }
  const lab = new Lab();
  try {
    await lab.start();
    await benchmarkCost(lab);
    await benchmarkSwaps(lab);
  } finally {
    await lab.remove();
  }
});
