import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { PLANNED_SHARE, squidMemory } from "../../src/fleet/squid/squid-memory";
import { signal } from "../../src/tools/rehearsal/faults/fault";
import { docker, eventually } from "../helpers/docker";
import { DEFAULTS, Lab, type Proxy, type ProxyOptions, type Tunnel } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { accessLog } from "./access-log";
import { memoryMiB } from "./hostile/watch";

/** Two vCPUs, with less memory than Fargate has for them, so that it can be filled. */
const TASK = { cpu: 2048, memoryMiB: 1024 };

describeWith([DOCKER], "a task of two vCPUs", () => {
  const lab = new Lab();

  beforeAll(() => lab.start(), 600_000);
  afterAll(() => lab.remove(), 60_000);

  const start = (options: ProxyOptions = {}) => lab.proxy({ ...TASK, ...options });

  const healthcheck = ({ container }: Proxy) =>
    docker("exec", container, "/usr/local/bin/healthcheck");

  /** For each Squid its process and the sockets that it has open, in no order. */
  async function squids({ container }: Proxy) {
    const count = `files=($process/fd/*) && echo "\${process#/proc/} \${#files[@]}"`;
    const loop = `for process in /proc/[0-9]*; do [[ $(<$process/comm) == squid ]] && ${count}; done 2>&-; :`;
    const lines = (await docker("exec", container, "bash", "-c", loop)).split("\n");
    return lines.map((line) => {
      const [pid, files] = line.split(" ").map(Number);
      return { pid: pid!, files: files! };
    });
  }

  const kill = ({ container }: Proxy, name: string, pid: number) =>
    docker("exec", container, "bash", "-c", `kill -${name} ${pid}`);

  /** Opens so many tunnels, one after the other: those that got one, and the statuses of the others. */
  async function open(proxy: Proxy, count: number) {
    const tunnels: Tunnel[] = [];
    const refused: (number | undefined)[] = [];
    for (let opened = 0; opened < count; opened++) {
      const tunnel = await proxy.connect("origin.test:443");
      if (tunnel.status === 200) tunnels.push(tunnel);
      else refused.push(tunnel.status);
    }
    return { tunnels, refused };
  }

  test("has two Squids that share the connections", async () => {
    const proxy = await start();
    const before = await squids(proxy);
    expect(before).toHaveLength(2);
    const { tunnels } = await open(proxy, 60);
    expect(tunnels).toHaveLength(60);
    for (const { pid, files } of await squids(proxy)) {
      // All sixty with one of them would be a chance of one to 10^18.
      expect(files).toBeGreaterThan(before.find((squid) => squid.pid === pid)!.files + 10);
    }
    tunnels.forEach(({ socket }) => socket.destroy());
  }, 60_000);

  test("is healthy only with both of them", async () => {
    const proxy = await start();
    for (const { pid } of await squids(proxy)) {
      await kill(proxy, "STOP", pid);
      await expect(healthcheck(proxy)).rejects.toMatchObject({ code: 1 });
      await kill(proxy, "CONT", pid);
      await healthcheck(proxy);
    }
  }, 60_000);

  test.each([0, 1])(
    "ends with an error when Squid %i has crashed",
    async (index) => {
      const proxy = await start();
      await kill(proxy, "KILL", (await squids(proxy))[index]!.pid);
      expect(await docker("wait", proxy.container)).toBe("137");
    },
    60_000,
  );

  test("lets open tunnels of both end in order after SIGTERM, and logs them", async () => {
    const proxy = await start({
      environment: { SHUTDOWN_DELAY_SECONDS: "1", SHUTDOWN_LIFETIME_SECONDS: "4" },
    });
    const { tunnels } = await open(proxy, 40);
    const ends = tunnels.map(async ({ socket }) => {
      socket.resume();
      await once(socket, "close");
      return Date.now();
    });
    const begin = Date.now();
    await docker("stop", "--time", "60", proxy.container);
    expect(await docker("inspect", "--format", "{{.State.ExitCode}}", proxy.container)).toBe("0");
    for (const end of await Promise.all(ends)) expect(end - begin).toBeGreaterThanOrEqual(5_000);
    expect((await accessLog(proxy)).filter(({ method }) => method === "CONNECT")).toHaveLength(40);
  }, 60_000);

  test("has one log, whose lines are whole and in sequence", async () => {
    const proxy = await start({ maxConnectionsPerClient: 900 });
    const long = "x".repeat(900);
    for (let sent = 0; sent < 4_000; sent += 80) {
      const urls = Array.from(
        { length: 80 },
        (_, index) => `http://10.0.0.1/${sent + index}${long}`,
      );
      await Promise.all(urls.map((url) => proxy.get(url)));
    }
    await eventually(async () => {
      const entries = await accessLog(proxy);
      expect(entries).toHaveLength(4_000);
      expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
    });
  }, 120_000);

  test("grants a client no more than its limit, and nearly as much", async () => {
    const proxy = await start({ maxConnectionsPerClient: 200 });
    const { tunnels, refused } = await open(proxy, 260);
    expect(new Set(refused)).toEqual(new Set([429]));
    expect(tunnels.length).toBeLessThanOrEqual(200);
    expect(tunnels.length).toBeGreaterThan(150);
    tunnels.forEach(({ socket }) => socket.destroy());
  }, 60_000);

  test("has both judge by the rules", async () => {
    const proxy = await start({ rules: { allowed: ["origin.test"] } });
    const ask = () => proxy.get("http://forbidden.test/");
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(40).fill(403));
  }, 60_000);

  test("holds as many connections as clients may have, whatever they transfer", async () => {
    const { maxConnections } = squidMemory({ ...DEFAULTS, ...TASK });
    const proxy = await start({ maxConnectionsPerClient: 2 * maxConnections });
    const tunnels: Tunnel[] = [];
    // Until both are full: by chance, one is before the other.
    for (let opened = 0; opened < 1.2 * maxConnections; opened += 50) {
      const more = await Promise.all(
        Array.from({ length: 50 }, () => proxy.connect("origin.test:443")),
      );
      const open = more.filter(({ status }) => status === 200);
      await Promise.all(open.map(transfer));
      tunnels.push(...open);
    }
    expect(tunnels.length).toBeLessThanOrEqual(maxConnections);
    expect(tunnels.length).toBeGreaterThan(0.9 * maxConnections);
    await healthcheck(proxy);
    expect(await memoryMiB(lab, proxy)).toBeLessThan(PLANNED_SHARE * TASK.memoryMiB);
    tunnels.forEach(({ socket }) => socket.destroy());
  }, 120_000);

  test("a Squid that is frozen keeps the others' connections going", async () => {
    const proxy = await start();
    const [frozen] = await squids(proxy);
    await kill(proxy, "STOP", frozen!.pid);
    await sleep(100);
    const ask = () =>
      Promise.race([proxy.get("http://10.0.0.1/").then(({ status }) => status), sleep(2_000, 0)]);
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask().catch(() => 0)));
    expect(answers).toContain(403);
    expect(answers).toContain(0);
    await signal(proxy, "CONT", "squid");
  }, 60_000);
});

/** Sends and receives more than Squid's buffers for a tunnel hold. */
async function transfer({ socket }: Tunnel): Promise<void> {
  const body = "x".repeat(100_000);
  socket.write(`POST /echo HTTP/1.1\r\nHost: any\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  let received = 0;
  while (received < body.length) {
    const [data] = (await once(socket, "data")) as [Buffer];
    received += data.length;
  }
}
