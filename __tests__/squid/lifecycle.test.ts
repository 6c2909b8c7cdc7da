import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { squidMemory } from "../../src/proxy/squid-memory";
import { signal } from "../../src/rehearsal/faults/fault";
import { docker, eventually } from "../helpers/docker";
import { Lab, type Proxy, type Tunnel } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

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
      expect.arrayContaining(["squid", "mawk"]),
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

  test("a frozen Squid is found by the health check, though it still takes connections", async () => {
    const proxy = await lab.proxy();
    await healthcheck(proxy);
    await signal(proxy, "STOP", "squid");
    await expect(healthcheck(proxy)).rejects.toMatchObject({ code: 1 });
    await signal(proxy, "CONT", "squid");
    await healthcheck(proxy);
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
    expect(Date.now() - begin).toBeLessThan((delay + lifetime + 5) * 1_000);
    expect(await exitCode(proxy.container)).toBe("0");
  }, 60_000);

  test("a reader of the log that stalls does not stop the proxy, and gets new lines when it is back", async () => {
    const proxy = await lab.proxy({
      // The container's stdout is a pipe to a program that stops at once, and once it goes on copies.
      image: await lab.image(async (squid) => {
        const reader =
          "kill -STOP $BASHPID; exec mawk -W interactive '{ print substr($0, 1, 500) }' >&2";
        const command = `exec > >(${reader}); exec /usr/local/bin/entrypoint`;
        const entrypoint = JSON.stringify(["/bin/bash", "-c", command]);
        await appendFile(path.join(squid, "Dockerfile"), `ENTRYPOINT ${entrypoint}\n`);
      }),
    });
    // Squid holds 4 MiB for a log that does not move.
    const long = "x".repeat(8_000);
    for (let count = 0; count < 1_000; count += 50) {
      await Promise.all(Array.from({ length: 50 }, () => proxy.get(`http://10.0.0.1/${long}`, {})));
    }
    await healthcheck(proxy);
    expect(await proxy.get("http://origin.test/bytes/1")).toMatchObject({ status: 200 });
    expect(await proxy.messages()).toContain("some log messages have been lost");

    await signal(proxy, "CONT", "bash");
    await eventually(async () => {
      await proxy.get("http://origin.test/bytes/2");
      // Not toContain, which would print all of it.
      expect((await proxy.messages()).includes('"url":"http://origin.test/bytes/2"')).toBe(true);
    });
  }, 120_000);

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
      environment: { MAX_FILEDESCRIPTORS: "12000" },
    });
    const tunnels = await open(proxy, 5_000, () => Promise.resolve());
    expect(await ask(tunnels.at(-1)!)).toBe("HTTP/1.1 200 OK");
    await healthcheck(proxy);
    await expectMemoryBelow(0.5, proxy);
    tunnels.forEach(({ socket }) => socket.destroy());
  }, 120_000);

  test("a full cache and all tunnels that it is allowed do, whatever they transfer, time and again", async () => {
    const proxy = await lab.proxy({ memoryMiB: 512, cache: "shared" });
    const bytes = 65_536;
    for (let count = 0; count < (1.5 * 64 * 2 ** 20) / bytes; count += 50) {
      const targets = Array.from({ length: 50 }, (_, index) => {
        return `http://origin.test/cache/${count + index}?header=Cache-Control:max-age=600&bytes=${bytes}`;
      });
      await Promise.all(targets.map((target) => proxy.get(target)));
    }
    // Two descriptors each; Squid keeps some for itself.
    const most = squidMemory(512, "off", "shared").maxFiledescriptors / 2 - 100;
    for (let round = 0; round < 4; round++) {
      const tunnels = await open(proxy, most, transfer);
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
