import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { squidMemory } from "../../src/fleet/squid/squid-memory";
import type { LogLine } from "../../src/tools/logs/log-line";
import { signal, stallLog } from "../../src/tools/rehearsal/faults/fault";
import { docker, eventually } from "../helpers/docker";
import { DEFAULTS, Lab, type Proxy, type Tunnel } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { accessLog, logLines, messageLines } from "./access-log";
import { loadBalancerCheck } from "./load-balancer-check";

describeWith([DOCKER], "the life of a container", () => {
  const lab = new Lab();

  beforeAll(() => lab.start(), 600_000);
  afterAll(() => lab.remove(), 60_000);

  const healthcheck = ({ container }: Proxy) =>
    docker("exec", container, "/usr/local/bin/healthcheck");

  const exitCode = (container: string) =>
    docker("inspect", "--format", "{{.State.ExitCode}}", container);

  /** How many descriptors Squid has open, in the container's words. */
  const descriptors = async ({ container }: Proxy) => {
    const open = `[[ $(<$process/comm) == squid ]] && files=($process/fd/*) && echo \${#files[@]}`;
    const loop = `for process in /proc/[0-9]*; do ${open}; done 2>&-; :`;
    return Number(await docker("exec", container, "bash", "-c", loop));
  };

  /** Sends a request through a tunnel that stays open, and returns the answer's first line. */
  async function ask({ socket }: Tunnel): Promise<string> {
    socket.write("GET /bytes/1 HTTP/1.1\r\nHost: any\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString().split("\r\n")[0]!;
  }

  test("runs as an ordinary user without privileges, on a file system it cannot change", async () => {
    const proxy = await lab.proxy();
    const bash = (script: string) => docker("exec", proxy.container, "bash", "-c", script);
    const status = await bash('for f in /proc/[0-9]*/status; do echo "$(<$f)"; done');
    const processes = status.split(/^Name:\s+/m).slice(1);
    expect(processes.map((process) => process.split("\n")[0])).toEqual(
      expect.arrayContaining(["squid", "log-writer"]),
    );
    for (const process of processes) {
      expect(process).toMatch(/^Uid:\s+13\s+13\s+13\s+13$/m);
      expect(process).toMatch(/^CapEff:\s+0{16}$/m);
      expect(process).toMatch(/^CapBnd:\s+0{16}$/m);
      expect(process).toMatch(/^NoNewPrivs:\s+1$/m);
    }
    await expect(bash(": >/etc/squid/squid.conf")).rejects.toThrow("Read-only file system");
    await expect(bash(": >/tmp")).rejects.toThrow();
  }, 60_000);

  test("a frozen Squid is found by the health checks, though it still takes connections", async () => {
    const proxy = await lab.proxy({ proxyProtocolCidrs: [await lab.clientsCidr()] });
    await healthcheck(proxy);
    expect(await loadBalancerCheck(proxy)).toBe(403);
    await signal(proxy, "STOP", "squid");
    await expect(healthcheck(proxy)).rejects.toMatchObject({ code: 1 });
    expect(await loadBalancerCheck(proxy)).toBeUndefined();
    await signal(proxy, "CONT", "squid");
    await healthcheck(proxy);
    expect(await loadBalancerCheck(proxy)).toBe(403);
  }, 60_000);

  test("a crashed Squid ends the container with an error", async () => {
    const proxy = await lab.proxy();
    await signal(proxy, "KILL", "squid");
    expect(await docker("wait", proxy.container)).toBe("137");
  }, 60_000);

  test("SIGTERM at the start ends the container, whatever it is doing", async () => {
    const environment = { SHUTDOWN_DELAY_SECONDS: "0", SHUTDOWN_LIFETIME_SECONDS: "1" };
    for (const delay of [0, 50, 100, 150, 200, 300]) {
      const container = await lab.createProxy({ sniCheck: "on", environment });
      await docker("start", container);
      await sleep(delay);
      const begin = Date.now();
      await docker("stop", "--time", "30", container);
      expect(Date.now() - begin).toBeLessThan(15_000);
      expect(["0", "143"]).toContain(await exitCode(container));
    }
  }, 120_000);

  test("a second SIGTERM changes nothing", async () => {
    const proxy = await lab.proxy({
      environment: { SHUTDOWN_DELAY_SECONDS: "3", SHUTDOWN_LIFETIME_SECONDS: "3" },
    });
    const tunnel = await proxy.connect("origin.test:443");
    for (const pause of [1_000, 3_000]) {
      await docker("kill", "--signal", "TERM", proxy.container);
      await sleep(pause);
      expect(await ask(tunnel)).toBe("HTTP/1.1 200 OK");
    }
    expect(await docker("wait", proxy.container)).toBe("0");
  }, 60_000);

  test("after SIGTERM new connections have their delay, and open ones their lifetime", async () => {
    const [delay, lifetime] = [3, 8];
    const proxy = await lab.proxy({
      environment: {
        SHUTDOWN_DELAY_SECONDS: String(delay),
        SHUTDOWN_LIFETIME_SECONDS: String(lifetime),
      },
    });
    const tunnel = await proxy.connect("origin.test:443");
    const ended = once(tunnel.socket, "close").then(() => Date.now());
    const download = proxy.get("http://origin.test/drip?chunks=24&ms=250");

    const begin = Date.now();
    const stopped = docker("stop", "--time", "60", proxy.container);
    await sleep(1_000);
    expect(await proxy.get("http://origin.test/bytes/1")).toMatchObject({ status: 200 });

    await eventually(() =>
      expect(proxy.get("http://origin.test/bytes/1")).rejects.toThrow("ECONNREFUSED"),
    );
    expect(Date.now() - begin).toBeGreaterThanOrEqual(delay * 1_000);
    expect(await ask(tunnel)).toBe("HTTP/1.1 200 OK");
    expect((await download).body.trimEnd().split("\n")).toHaveLength(24);
    // Longer than a tunnel would live that has no time of its own.
    expect(await ask(tunnel)).toBe("HTTP/1.1 200 OK");

    await stopped;
    expect((await ended) - begin).toBeGreaterThanOrEqual((delay + lifetime) * 1_000);
    expect(Date.now() - begin).toBeLessThan((delay + lifetime + 20) * 1_000);
    expect(await exitCode(proxy.container)).toBe("0");
  }, 60_000);

  test.each(["off", "on"] as const)(
    "what is still open at the end is in the log, with the SNI check %s",
    async (sniCheck) => {
      const proxy = await lab.proxy({
        sniCheck,
        maxConnectionsPerClient: 100,
        environment: { SHUTDOWN_DELAY_SECONDS: "0", SHUTDOWN_LIFETIME_SECONDS: "2" },
      });
      const { origin } = lab.is;
      const before = (await origin.requests()).length;
      const repeat = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 20 }, work));
      await repeat(async () => {
        const { socket } = await proxy.connect("origin.test:443");
        const tls = connectTls({ socket, servername: "origin.test", rejectUnauthorized: false });
        tls.on("error", () => {});
        await once(tls, "secureConnect");
        tls.write("GET /bytes/5000 HTTP/1.1\r\nHost: any\r\n\r\n");
        await once(tls, "data");
      });
      // One that has not begun, a download, and a request that has no answer yet.
      (await proxy.connect("origin.test:443")).socket.on("error", () => {});
      const paths = ["drip?chunks=100&ms=1000", "hang"];
      const pending = paths.map((path) => {
        return repeat(() => proxy.get(`http://origin.test/${path}`).catch(() => {}));
      });
      await eventually(async () => {
        expect(await origin.requests()).toHaveLength(before + 3 * 20);
      });

      await docker("stop", "--time", "60", proxy.container);
      expect(await exitCode(proxy.container)).toBe("0");
      await Promise.all(pending);
      const entries = (await accessLog(proxy)).filter(({ host }) => host === "origin.test");
      const tunnels = entries.filter(({ method }) => method === "CONNECT");
      expect(tunnels).toHaveLength(21);
      const used = tunnels.filter(({ bytesOut }) => bytesOut > 5_000);
      expect(used).toHaveLength(20);
      for (const { durationMs } of tunnels) expect(durationMs).toBeGreaterThan(2_000);
      for (const path of ["drip", "hang"]) {
        expect(entries.filter(({ url }) => url.includes(`/${path}`))).toHaveLength(20);
      }
    },
    60_000,
  );

  test("what was asked for just before Squid died is in the log", async () => {
    const proxy = await lab.proxy();
    // From inside, so that no time passes between the last answer and the end.
    const request =
      'printf "GET http://10.0.0.1/$n HTTP/1.0\\r\\n\\r\\n" >&$squid; read -r -u $squid _';
    const ask = `for n in {1..20}; do exec {squid}<>/dev/tcp/127.0.0.1/3128; ${request}; done`;
    const find = "for process in /proc/[0-9]*; do [[ $(<$process/comm) != squid ]] || break; done";
    const script = `${find}; ${ask}; kill -KILL \${process#/proc/}`;
    // The container ends before the command does.
    await docker("exec", proxy.container, "bash", "-c", script).catch(() => {});
    expect(await docker("wait", proxy.container)).toBe("137");
    // Squid logs a request after it has answered it, so the last one may be missing.
    expect((await accessLog(proxy)).length).toBeGreaterThanOrEqual(19);
  }, 60_000);

  test("without a log there is no proxy", async () => {
    const proxy = await lab.proxy();
    await signal(proxy, "KILL", "log-writer");
    await proxy.get("http://origin.test/bytes/1").catch(() => {});
    expect(await docker("wait", proxy.container)).not.toBe("0");
  }, 60_000);

  test("readers of stdout and stderr that stall do not stop the proxy, and learn what they have missed", async () => {
    const proxy = await lab.proxy({
      // Squid says on stderr what is wrong with a request, at length.
      image: await lab.image((squid) =>
        appendFile(path.join(squid, "squid.conf"), "debug_options ALL,1\n"),
      ),
    });
    const release = stallLog(proxy);
    // Until Docker has attached it, which it does not say.
    await sleep(2_000);
    const long = "x".repeat(1_000);
    const request = `GET http://10.0.0.1/${long} HTTP/1.1\r\nHost: a\r\nX: \0${long.repeat(4)}\r\n\r\n`;
    const count = 6_000;
    for (let sent = 0; sent < count; sent += 40) {
      await Promise.all(Array.from({ length: 40 }, () => proxy.raw(request)));
    }
    await healthcheck(proxy);
    expect(await proxy.get("http://origin.test/bytes/1")).toMatchObject({ status: 200 });

    release();
    await eventually(async () => {
      await proxy.get("http://origin.test/bytes/2");
      expect((await accessLog(proxy)).at(-1)).toMatchObject({ url: "http://origin.test/bytes/2" });
    });
    const lost = (lines: readonly LogLine[]) => {
      return lines.reduce((sum, line) => sum + (line.event === "lost" ? line.lines : 0), 0);
    };
    const entries = await accessLog(proxy);
    expect(lost(await logLines(proxy))).toBeGreaterThan(0);
    expect(entries.at(-1)!.sequence).toBe(entries.length + lost(await logLines(proxy)));
    expect(lost(await messageLines(proxy))).toBeGreaterThan(0);
  }, 180_000);

  test("where /dev/shm cannot be written to, one line says so", async () => {
    const mount = "--mount=type=tmpfs,destination=/dev/shm,tmpfs-mode=0755";
    await expect(docker("run", "--rm", mount, await lab.image())).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^proxy: \/dev\/shm .*\n$/) as string,
    });
  }, 60_000);

  test("needs no more of stdout than that it can be written to", async () => {
    const proxy = await lab.proxy({
      // A socket, unlike a pipe, cannot be opened by its name in /proc.
      image: await lab.image(async (squid) => {
        const command = "exec >/dev/udp/127.0.0.1/9; exec /usr/local/bin/entrypoint";
        const entrypoint = JSON.stringify(["/bin/bash", "-c", command]);
        await appendFile(path.join(squid, "Dockerfile"), `ENTRYPOINT ${entrypoint}\n`);
      }),
    });
    // Whoever cannot write a line may notice only at the next.
    for (let line = 0; line < 3; line++) {
      expect(await proxy.get("http://origin.test/bytes/1")).toMatchObject({ status: 200 });
      await sleep(2_000);
    }
  }, 60_000);

  /** Opens so many tunnels, and lets each do something. */
  async function open(proxy: Proxy, count: number, use: (tunnel: Tunnel) => Promise<unknown>) {
    const tunnels: Tunnel[] = [];
    while (tunnels.length < count) {
      const more = Array.from({ length: 50 }, () => proxy.connect("origin.test:443"));
      tunnels.push(...(await Promise.all(more)));
      await Promise.all(tunnels.slice(-50).map(use));
    }
    expect(tunnels.every(({ status }) => status === 200)).toBe(true);
    return tunnels;
  }

  async function expectMemoryBelow(share: number, { container }: Proxy) {
    const used = await docker("stats", "--no-stream", "--format", "{{.MemUsage}}", container);
    const [, mebibytes] = /^([\d.]+)MiB \/ 512MiB$/.exec(used)!;
    expect(Number(mebibytes)).toBeLessThan(share * 512);
  }

  test("5,000 idle tunnels fit in the smallest task, if it is allowed that many", async () => {
    const proxy = await lab.proxy({
      memoryMiB: 512,
      environment: {
        MAX_CONNECTIONS: "6000",
        MAX_CONNECTIONS_PER_CLIENT: "6000",
        MAX_FILEDESCRIPTORS: "14000",
      },
    });
    const tunnels = await open(proxy, 5_000, () => Promise.resolve());
    expect(await ask(tunnels.at(-1)!)).toBe("HTTP/1.1 200 OK");
    await healthcheck(proxy);
    await expectMemoryBelow(0.5, proxy);
    tunnels.forEach(({ socket }) => socket.destroy());
  }, 120_000);

  test("a full cache and all tunnels that it is allowed do, whatever they transfer, time and again", async () => {
    const { maxConnections } = squidMemory({ ...DEFAULTS, cache: "shared" });
    const proxy = await lab.proxy({ cache: "shared", maxConnectionsPerClient: maxConnections });
    // Larger answers are not kept.
    const bytes = 60_000;
    for (let count = 0; count < (1.5 * 64 * 2 ** 20) / bytes; count += 50) {
      const targets = Array.from({ length: 50 }, (_, index) => {
        return `http://origin.test/cache/${count + index}?header=Cache-Control:max-age=600&bytes=${bytes}`;
      });
      await Promise.all(targets.map((target) => proxy.get(target)));
    }
    for (let round = 0; round < 4; round++) {
      const tunnels = await open(proxy, maxConnections - 50, transfer);
      await healthcheck(proxy);
      await expectMemoryBelow(0.85, proxy);
      tunnels.forEach(({ socket }) => socket.destroy());
      // Until Squid has closed its ends, too.
      await eventually(async () => {
        expect(await descriptors(proxy)).toBeLessThan(200);
      });
    }
  }, 240_000);
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
