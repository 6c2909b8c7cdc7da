import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { PROXY_PORT } from "../../src/fleet/squid/squid-container";
import { squidMemory } from "../../src/fleet/squid/squid-memory";
import { taskCapacity } from "../../src/tools/capacity/task-size";
import { addressOf, docker, eventually } from "../helpers/docker";
import { DEFAULTS, Lab, type Proxy, type ProxyOptions } from "../helpers/lab";
import type { TestRules } from "../helpers/rule-store";
import { DOCKER, describeWith } from "../helpers/tools";
import { accessLog } from "./access-log";
import { loadBalancerCheck } from "./load-balancer-check";

const ENDPOINT = "vpce-0123456789abcdef0";
const OTHER_ENDPOINT = "vpce-fedcba98765432100";

/** A client as the load balancer tells of it. */
interface Client {
  readonly address: string;
  readonly endpoint: string;
}

const ADA: Client = { address: "172.16.0.10", endpoint: ENDPOINT };

const RULES: TestRules = {
  endpoints: [{ endpointId: ENDPOINT, name: "office", rules: "default", always: false }],
};

const TUNNEL = "CONNECT origin.test:443 HTTP/1.1\r\n\r\n";

/** What a client may have open in most of these tests. */
const MAX = 10;

describeWith([DOCKER], "what one client may ask for", () => {
  const lab = new Lab();
  const opened: Socket[] = [];

  beforeAll(() => lab.start(), 600_000);
  afterEach(() => opened.splice(0).forEach((socket) => socket.destroy()));
  afterAll(() => lab.remove(), 60_000);

  const healthcheck = ({ container }: Proxy) =>
    docker("exec", container, "/usr/local/bin/healthcheck");

  /** Runs a proxy that takes our word for which client a connection is from. */
  const behindLoadBalancer = async (options: ProxyOptions = {}) =>
    lab.proxy({ proxyProtocolCidrs: [await lab.clientsCidr()], ...options });

  /** Connects as a client, or as the load balancer itself, and sends something. */
  async function open({ address }: Proxy, bytes: string, header?: Buffer): Promise<Socket> {
    const socket = connect(PROXY_PORT, address);
    opened.push(socket);
    socket.on("error", () => socket.destroy());
    await once(socket, "connect");
    socket.write(Buffer.concat([header ?? Buffer.of(), Buffer.from(bytes, "latin1")]));
    return socket;
  }

  /** The status of the next answer; nothing where none comes in time, or the connection ends. */
  async function status(socket: Socket, timeoutMs = 5_000): Promise<number | undefined> {
    const signal = AbortSignal.timeout(timeoutMs);
    const closed = once(socket, "close", { signal }).then(() => undefined);
    // A body may come after its head, apart from it: it is not the next answer's head.
    for (let received = ""; ;) {
      const data = await Promise.race([once(socket, "data", { signal }), closed]).catch(
        () => undefined,
      );
      if (!data) return undefined;
      received += String(data[0]);
      const found = /HTTP\/1\.\d (\d{3}) /.exec(received);
      if (found) return Number(found[1]);
    }
  }

  const ask = async (proxy: Proxy, client?: Client) =>
    status(
      await open(
        proxy,
        "GET http://origin.test/bytes/1 HTTP/1.1\r\nHost: origin.test\r\nConnection: close\r\n\r\n",
        client && proxyHeader(client),
      ),
    );

  /** Opens so many tunnels, of as few clients as may have them. */
  async function fill(proxy: Proxy, connections: number): Promise<Socket[]> {
    const { maxConnectionsPerClient } = squidMemory(DEFAULTS);
    const sockets: Socket[] = [];
    while (sockets.length < connections) {
      const client = { address: `172.16.7.${sockets.length % 250}`, endpoint: ENDPOINT };
      const count = Math.min(maxConnectionsPerClient, connections - sockets.length);
      const some = Array.from({ length: count }, () => open(proxy, TUNNEL, proxyHeader(client)));
      const opened = await Promise.all(some);
      const statuses = await Promise.all(opened.map((socket) => status(socket, 20_000)));
      expect(statuses).toEqual(Array(count).fill(200));
      sockets.push(...opened);
    }
    return sockets;
  }

  describe("heads", () => {
    let proxy: Proxy;

    beforeAll(async () => {
      proxy = await lab.proxy();
    }, 60_000);

    const head = (line: string, fields: readonly string[]) =>
      `${line} HTTP/1.1\r\n${["Host: origin.test", ...fields].join("\r\n")}\r\n\r\n`;
    const repeat = (count: number, field = "a:") => Array<string>(count).fill(field);

    test.each(["GET http://origin.test/bytes/1", "CONNECT origin.test:443"])(
      "a request has 100 fields at most: %s",
      async (line) => {
        expect(await status(await open(proxy, head(line, repeat(99))))).toBe(200);
        expect(await status(await open(proxy, head(line, repeat(100))))).toBe(400);
      },
    );

    test("and so has the second one on a connection", async () => {
      const socket = await open(proxy, head("GET http://origin.test/bytes/1", []));
      expect(await status(socket)).toBe(200);
      socket.write(head("GET http://origin.test/bytes/1", repeat(200)));
      expect(await status(socket)).toBe(400);
    });

    const answerWith = (fields: readonly string[]) => {
      const query = fields.map((field) => `header=${encodeURIComponent(field)}`).join("&");
      return proxy.get(`http://origin.test/cache/${fields.length}?${query}`);
    };

    test("an answer has 100 fields at most", async () => {
      expect(await answerWith(repeat(90))).toMatchObject({ status: 200 });
      expect(await answerWith(repeat(101))).toMatchObject({ status: 502 });
    });

    const LONG_URL = `/bytes/1?${"x".repeat(7_900)}`;
    const withCookie = (origin: string, bytes: number) =>
      head(`GET http://${origin}${LONG_URL}`, [`Cookie: ${"y".repeat(bytes)}`]);
    const answered = async (from: Proxy, bytes: number) =>
      (await from.get(`http://origin.test/head/${bytes}`)).status;

    test("16 KiB hold a long URL and large cookies, and more is refused", async () => {
      expect(await status(await open(proxy, withCookie("origin.test", 8_000)))).toBe(200);
      expect(await status(await open(proxy, withCookie("origin.test", 9_000)))).toBe(431);
      await eventually(async () => {
        expect(await accessLog(proxy)).toContainEqual(
          expect.objectContaining({ status: 431, deniedBy: "head", client: expect.any(String) }),
        );
      });
      expect(await answered(proxy, 15_000)).toBe(200);
      expect(await answered(proxy, 17_000)).toBe(502);
    });

    test("the settings may allow more, and less", async () => {
      const other = await lab.proxy({ maxRequestHeadKiB: 32, maxReplyHeadKiB: 8 });
      // Node's own web server would refuse so long a head.
      expect(await status(await open(other, withCookie("10.0.0.1", 20_000)))).toBe(403);
      expect(await answered(other, 7_000)).toBe(200);
      expect(await answered(other, 9_000)).toBe(502);
    });

    test.each(["Connection", "Cache-Control"])(
      "a list of which each entry costs is short: %s",
      async (name) => {
        const path = `/bytes/1?${name}`;
        const list = (entries: number) => [`${name}: ${Array(entries).fill("a").join(", ")}`];
        const line = `GET http://origin.test${path}`;
        expect(await status(await open(proxy, head(line, list(32))))).toBe(200);
        expect(await status(await open(proxy, head(line, list(33))))).toBe(403);
        await eventually(async () => {
          expect(await accessLog(proxy)).toContainEqual(
            expect.objectContaining({ status: 403, deniedBy: "head" }),
          );
        });
      },
    );

    test("error pages are the same, whatever languages a client names", async () => {
      // Squid would look for a file for each of them.
      const { body, headers } = await proxy.get("http://10.0.0.1/", { "Accept-Language": "es" });
      expect(body).toBe((await proxy.get("http://10.0.0.1/")).body);
      expect(headers).not.toHaveProperty("content-language");
    });
  });

  describe("connections", () => {
    let proxy: Proxy;

    beforeAll(async () => {
      proxy = await behindLoadBalancer({ maxConnectionsPerClient: MAX, rules: RULES });
    }, 60_000);

    test.each([
      ["silent ones", "", undefined],
      [
        "half a head",
        "GET http://origin.test/bytes/1 HTTP/1.1\r\nHost: origin.test\r\n",
        undefined,
      ],
      ["tunnels", TUNNEL, 200],
      ["waiting for an answer", "GET http://origin.test/hang HTTP/1.1\r\n\r\n", undefined],
      ["kept after an answer", "GET http://origin.test/bytes/1 HTTP/1.1\r\n\r\n", 200],
      ["kept after a denial", "GET http://10.0.0.1/ HTTP/1.1\r\n\r\n", 403],
    ])(
      "count whatever is done on them: %s",
      async (what, bytes, expected) => {
        const client = { address: `172.16.1.${what.length}`, endpoint: ENDPOINT };
        const sockets: Socket[] = [];
        for (let count = 0; count < MAX; count++) {
          sockets.push(await open(proxy, bytes, proxyHeader(client)));
        }
        // Those without an answer are there by then, too.
        const statuses = await Promise.all(sockets.map((socket) => status(socket, 2_000)));
        expect(statuses).toEqual(Array(MAX).fill(expected));
        for (const more of ["", TUNNEL]) {
          expect(await status(await open(proxy, more, proxyHeader(client)))).toBe(429);
        }
        expect(await ask(proxy, client)).toBe(429);

        // Another client of the same endpoint, and one of another VPC that has the same address.
        expect(await ask(proxy, { ...client, address: "172.16.2.1" })).toBe(200);
        expect(await ask(proxy, { ...client, endpoint: OTHER_ENDPOINT })).toBe(200);

        sockets[0]!.destroy();
        await eventually(async () => expect(await ask(proxy, client)).toBe(200));
        await eventually(async () => {
          const entries = (await accessLog(proxy)).filter(
            (entry) => entry.client === client.address,
          );
          expect(
            entries.filter(({ deniedBy }) => deniedBy === "connections").length,
          ).toBeGreaterThan(2);
          for (const entry of entries.filter(({ status }) => status === 429)) {
            expect(entry).toMatchObject({ endpoint: ENDPOINT, deniedBy: "connections" });
          }
        });
      },
      60_000,
    );

    test("that are too many have their client's name in the log", async () => {
      await ask(proxy, ADA);
      for (let count = 0; count < MAX; count++) await open(proxy, "", proxyHeader(ADA));
      expect(await ask(proxy, ADA)).toBe(429);
      await eventually(async () => {
        expect(await accessLog(proxy)).toContainEqual(
          expect.objectContaining({ status: 429, client: ADA.address, consumer: "office" }),
        );
      });
    }, 60_000);

    test("stay counted right, however they end", async () => {
      const local = Buffer.from("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", "latin1");
      const header = proxyHeader(ADA);
      for (let round = 0; round < 5 * MAX; round++) {
        const ends = [
          // The load balancer's checks; one that says nothing, and half a header.
          await open(proxy, "", local),
          await open(proxy, ""),
          await open(proxy, "", header.subarray(0, 20)),
          await open(proxy, "", header),
          await open(proxy, "nonsense\r\n\r\n", header),
        ];
        ends.forEach((socket, index) => (index % 2 ? socket.destroy() : socket.end()));
      }
      await eventually(async () => {
        const sockets = await Promise.all(
          Array.from({ length: MAX }, () => open(proxy, TUNNEL, header)),
        );
        const statuses = await Promise.all(sockets.map((socket) => status(socket)));
        sockets.forEach((socket) => socket.destroy());
        expect(statuses).toEqual(Array(MAX).fill(200));
      });
    }, 60_000);

    /** The proxy's connections, as far as it or the kernel keeps them. */
    const connectionsOf = async ({ container }: Proxy, ...filter: string[]) => {
      const all = await lab.run(`container:${container}`, ["ss", "-tnH", ...filter]);
      return all.split("\n").filter((line) => line !== "");
    };

    test("take the server's along, though it has not taken what came through the tunnel", async () => {
      const { internet } = lab.is;
      const options = ["--sysctl", "net.ipv4.tcp_rmem=4096 8192 8192"];
      const server = await lab.typescript(internet, "lab/origin", { args: ["443"], options });
      const name = `a-${(await addressOf(server, internet)).replaceAll(".", "-")}.ip.test`;
      const upload = "POST /deaf?ms=100 HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n";
      const client = { address: "172.16.6.1", endpoint: ENDPOINT };
      for (let round = 0; round < 3; round++) {
        const sockets: Socket[] = [];
        for (let count = 0; count < MAX; count++) {
          sockets.push(
            await open(
              proxy,
              `CONNECT ${name}:443 HTTP/1.1\r\n\r\n${upload}${"x".repeat(1_000_000)}`,
              proxyHeader(client),
            ),
          );
        }
        await sleep(1_000);
        sockets.forEach((socket) => socket.resetAndDestroy());
        // By then the server has sent something, which finds no client.
        await sleep(1_000);
      }
      expect(await connectionsOf(proxy, "state", "established", "dport", "=", ":443")).toEqual([]);
      expect(await ask(proxy, client)).toBe(200);
    }, 60_000);

    test("leave little in the kernel where the client does not take the rest", async () => {
      const most = 50;
      const other = await behindLoadBalancer({ maxConnectionsPerClient: most });
      for (let round = 0; round < 4; round++) {
        const sockets: Socket[] = [];
        for (let count = 0; count < most; count++) {
          sockets.push(
            await open(
              other,
              "GET http://origin.test/bytes/4000000 HTTP/1.1\r\nHost: a\r\n\r\n",
              proxyHeader(ADA),
            ),
          );
        }
        await sleep(1_500);
        sockets.forEach((socket) => socket.end());
        await sleep(500);
      }
      const left = await connectionsOf(other, "state", "last-ack");
      // Enough that one who has paused is not cut off.
      expect(left.length).toBeGreaterThan(100);
      expect(left.length).toBeLessThanOrEqual(128);
      expect(await ask(other, ADA)).toBe(200);
    }, 60_000);

    test("of all clients together have a bound, too, and the health checks pass there", async () => {
      const small = await behindLoadBalancer({ environment: { MAX_CONNECTIONS: "30" } });
      for (let count = 0; count < 30; count++) {
        const client = { address: `172.16.3.${count}`, endpoint: ENDPOINT };
        expect(await status(await open(small, TUNNEL, proxyHeader(client)))).toBe(200);
      }
      expect(await ask(small, ADA)).toBe(429);
      await healthcheck(small);
      expect(await loadBalancerCheck(small)).toBe(403);
    }, 60_000);

    test("are as many as npm run capacity counts on, and one more is refused at once", async () => {
      const task = await behindLoadBalancer();
      const sockets = await fill(task, taskCapacity(DEFAULTS, DEFAULTS).connections);
      expect(await status(await open(task, TUNNEL, proxyHeader(ADA)))).toBe(429);
      expect(await loadBalancerCheck(task)).toBe(403);
      sockets[0]!.destroy();
      await eventually(async () => expect(await ask(task, ADA)).toBe(200));
    }, 120_000);

    test("leave no descriptor only where a task has fewer than it needs: then the check fails, too", async () => {
      const small = await behindLoadBalancer({
        environment: { MAX_FILEDESCRIPTORS: "256" },
        maxConnectionsPerClient: 256,
      });
      const tunnels: Socket[] = [];
      for (;;) {
        const socket = await open(small, TUNNEL, proxyHeader(ADA));
        if ((await status(socket, 3_000)) !== 200) break;
        tunnels.push(socket);
      }
      expect(tunnels.length).toBeGreaterThan(50);
      expect(await loadBalancerCheck(small)).toBeUndefined();
      tunnels[0]!.write("GET /bytes/1 HTTP/1.1\r\nHost: any\r\n\r\n");
      expect(await status(tunnels[0]!)).toBe(200);
      tunnels.forEach((socket) => socket.destroy());
      await eventually(async () => expect(await loadBalancerCheck(small)).toBe(403));
    }, 60_000);

    test("are counted by address where no load balancer tells of a client", async () => {
      const direct = await lab.proxy({ maxConnectionsPerClient: MAX });
      for (let count = 0; count < MAX; count++) {
        await open(direct, count % 2 ? "" : TUNNEL);
      }
      expect(await status(await open(direct, ""))).toBe(429);
      // One that claims to come from elsewhere. What it still sends may end it before its answer.
      expect([429, undefined]).toContain(
        await status(await open(direct, TUNNEL, proxyHeader(ADA))),
      );
      await healthcheck(direct);
    }, 60_000);
  });

  /** The part of an ordinary client's requests that fails, and of health checks, while `attack` goes on. */
  async function failuresDuring(proxy: Proxy, attack: Promise<unknown>) {
    let over = false;
    const ended = attack.finally(() => (over = true));
    const failures = { requests: 0, checks: 0 };
    for (let count = 0; !over || count < 20; count++) {
      if ((await ask(proxy, ADA)) !== 200) failures.requests++;
      if (count % 10 === 0) {
        await healthcheck(proxy).catch(() => failures.checks++);
        if ((await loadBalancerCheck(proxy)) !== 403) failures.checks++;
      }
    }
    await ended;
    return failures;
  }

  test("ten clients that open all they can take nothing from another", async () => {
    const proxy = await behindLoadBalancer();
    const { maxConnectionsPerClient } = squidMemory(DEFAULTS);
    const flood = async (index: number) => {
      const client = { address: `172.16.4.${index}`, endpoint: ENDPOINT };
      const bytes = index % 2 ? "" : "CONNECT origin.test:443 HTTP/1.1\r\n\r\n";
      for (let count = 0; count < 4 * maxConnectionsPerClient; count++) {
        await open(proxy, bytes, proxyHeader(client));
      }
    };
    const attack = Promise.all(Array.from({ length: 10 }, (_, index) => flood(index)));
    expect(await failuresDuring(proxy, attack)).toEqual({ requests: 0, checks: 0 });
  }, 120_000);

  test("a web server with 4,000 names does not use up the descriptors", async () => {
    const proxy = await behindLoadBalancer();
    const concurrent = 20;
    // All others are tunnels, but for an ordinary client's, whose last one may still be there.
    const tunnels = await fill(proxy, squidMemory(DEFAULTS).maxConnections - concurrent - 5);
    const address = lab.is.origin.address.replaceAll(".", "-");
    const client = { address: "172.16.5.1", endpoint: ENDPOINT };
    const askAll = async (first: number) => {
      for (let name = first; name < 4_000; name += concurrent) {
        const host = `n${name}.a-${address}.ip.test`;
        const request = `GET http://${host}/bytes/1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
        const socket = await open(proxy, request, proxyHeader(client));
        expect(await status(socket, 20_000)).toBe(200);
        socket.destroy();
      }
    };
    const attack = Promise.all(Array.from({ length: concurrent }, (_, first) => askAll(first)));
    expect(await failuresDuring(proxy, attack)).toEqual({ requests: 0, checks: 0 });
    tunnels.forEach((socket) => socket.destroy());
    // By then the proxy has let go of the web server.
    await sleep(4_000);
    const connections = await lab.run(`container:${proxy.container}`, [
      "ss",
      "--tcp",
      "--no-header",
    ]);
    expect(connections.split("\n").length).toBeLessThan(100);
  }, 240_000);
});

/** A header of the PROXY protocol, version 2, with AWS's field for the VPC endpoint. */
function proxyHeader({ address, endpoint }: Client): Buffer {
  const header = Buffer.alloc(28 + 4);
  header.write("\r\n\r\n\0\r\nQUIT\n", "latin1");
  header.set([0x21, 0x11], 12);
  header.set([...address.split(".").map(Number), 10, 0, 0, 1], 16);
  header.writeUInt16BE(40_000, 24);
  header.writeUInt16BE(PROXY_PORT, 26);
  header.set([0xea, 0, endpoint.length + 1, 1], 28);
  const whole = Buffer.concat([header, Buffer.from(endpoint)]);
  whole.writeUInt16BE(whole.length - 16, 14);
  return whole;
}
