import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { docker, eventually } from "../helpers/docker";
import { Lab, type Proxy, type Tunnel } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

describeWith([DOCKER], "the life of a container", () => {
  const lab = new Lab();

  beforeAll(() => lab.start(), 600_000);
  afterAll(() => lab.remove(), 60_000);

  const healthcheck = ({ container }: Proxy) =>
    docker("exec", container, "/usr/local/bin/healthcheck");

  /** Sends a signal to a process by its name; the image has no program for that but bash. */
  const signal = ({ container }: Proxy, name: string, program: string) => {
    const isProgram = `[[ $(<$process/comm) == ${program} ]]`;
    const loop = `for process in /proc/[0-9]*; do ${isProgram} && kill -${name} \${process#/proc/}; done`;
    return docker("exec", container, "bash", "-c", `${loop} 2>&-; :`);
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
    expect(await docker("inspect", "--format", "{{.State.ExitCode}}", proxy.container)).toBe("0");
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

  test("a full cache and 5,000 tunnels fit in the smallest task", async () => {
    const proxy = await lab.proxy({ memoryMiB: 512 });
    const bodies = 1_500;
    for (let count = 0; count < bodies; count += 50) {
      const target = (index: number) =>
        `http://origin.test/cache/${count + index}?header=Cache-Control:max-age=600&bytes=65536`;
      await Promise.all(Array.from({ length: 50 }, (_, index) => proxy.get(target(index))));
    }
    const tunnels: Tunnel[] = [];
    while (tunnels.length < 5_000) {
      const more = Array.from({ length: 100 }, () => proxy.connect("origin.test:443"));
      tunnels.push(...(await Promise.all(more)));
    }
    expect(tunnels.every(({ status }) => status === 200)).toBe(true);
    expect(await ask(tunnels.at(-1)!)).toBe("HTTP/1.1 200 OK");
    await healthcheck(proxy);

    const used = await docker("stats", "--no-stream", "--format", "{{.MemUsage}}", proxy.container);
    const [, mebibytes] = /^([\d.]+)MiB \/ 512MiB$/.exec(used)!;
    expect(Number(mebibytes)).toBeLessThan(512 * 0.85);
    for (const { socket } of tunnels) {
      socket.destroy();
    }
  }, 120_000);
});
