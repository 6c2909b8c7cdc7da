import { once } from "node:events";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Lab, ProxyClient, replace, type Proxy, type Tunnel } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

/** Load balancer, endpoint and NAT gateway take 350; nobody waits for that here. */
const ROUTER_FORGETS_AFTER_SECONDS = 4;

/** Whether a request that is sent through a tunnel is answered. */
async function answers({ socket }: Tunnel): Promise<boolean> {
  socket.write("GET /bytes/1 HTTP/1.1\r\nHost: any\r\n\r\n");
  const answer = once(socket, "data", { signal: AbortSignal.timeout(3_000) });
  return answer.then(
    () => true,
    () => false,
  );
}

describeWith([DOCKER], "connections without data", () => {
  const lab = new Lab();
  const open: Tunnel[] = [];

  beforeAll(() => lab.start(), 600_000);
  afterEach(() => open.splice(0).forEach(({ socket }) => socket.destroy()));
  afterAll(() => lab.remove(), 60_000);

  async function connect(proxy: ProxyClient, authority = "origin.test:443"): Promise<Tunnel> {
    const tunnel = await proxy.connect(authority);
    open.push(tunnel);
    return tunnel;
  }

  /** Tunnels with a router that forgets, on the way from the client or to the web server. */
  async function tunnels(proxy: Proxy): Promise<Tunnel[]> {
    const { clients, internet, origin } = lab.is;
    const [before, behind] = await Promise.all([
      lab.router(clients, proxy.address, ROUTER_FORGETS_AFTER_SECONDS),
      lab.router(internet, origin.address, ROUTER_FORGETS_AFTER_SECONDS),
    ]);
    const opened = await Promise.all([
      connect(new ProxyClient(before)),
      connect(proxy, `a-${behind.replaceAll(".", "-")}.ip.test:443`),
    ]);
    expect(await Promise.all(opened.map(answers))).toEqual([true, true]);
    return opened;
  }

  test("keepalives hold a silent tunnel open through a router that forgets, on both sides", async () => {
    const image = await lab.image((squid) =>
      replace(path.join(squid, "shim/keepalive.c"), {
        "IDLE = 60, INTERVAL = 20": "IDLE = 1, INTERVAL = 1",
      }),
    );
    const opened = await tunnels(await lab.proxy({ image }));
    await sleep(3 * ROUTER_FORGETS_AFTER_SECONDS * 1_000);
    expect(await Promise.all(opened.map(answers))).toEqual([true, true]);
  }, 180_000);

  test("without them the same tunnels are lost", async () => {
    const image = await lab.image((squid) => rm(path.join(squid, "shim/keepalive.c")));
    const opened = await tunnels(await lab.proxy({ image }));
    await sleep(3 * ROUTER_FORGETS_AFTER_SECONDS * 1_000);
    expect(await Promise.all(opened.map(answers))).toEqual([false, false]);
  }, 180_000);

  test.each(["off", "on"] as const)(
    "both sides of a tunnel have keepalives each minute, with the SNI check %s",
    async (sniCheck) => {
      const proxy = await lab.proxy({ sniCheck });
      const tunnel = await connect(proxy);
      // With the SNI check, Squid goes on to the web server only when the client has spoken TLS.
      const kept = await proxy.get("http://origin.test/bytes/1", { connection: "keep-alive" });
      expect([tunnel.status, kept.status]).toEqual([200, 200]);
      const sockets = await lab.run(`container:${proxy.container}`, ["ss", "-tnoH"]);
      const remaining = [...sockets.matchAll(/timer:\(keepalive,(?:(\d+)min)?(?:(\d+)sec)?/g)];
      const seconds = remaining.map(([, minutes = "0", rest = "0"]) => 60 * +minutes + +rest);
      expect(seconds.length).toBe(sockets.trim().split("\n").length);
      expect(Math.max(...seconds)).toBeLessThanOrEqual(60);
    },
    60_000,
  );

  test("a tunnel without data ends after a time, one with data in one direction does not", async () => {
    const image = await lab.image((squid) =>
      replace(path.join(squid, "squid.conf"), { "read_timeout 1 hour": "read_timeout 3 seconds" }),
    );
    const proxy = await lab.proxy({ image });
    const [silent, dripping] = await Promise.all([connect(proxy), connect(proxy)]);
    dripping.socket.write("GET /drip?chunks=9&ms=1000 HTTP/1.1\r\nHost: any\r\n\r\n");
    dripping.socket.resume();
    await once(silent.socket.resume(), "end", { signal: AbortSignal.timeout(7_000) });
    await sleep(2_000);
    expect(await answers(dripping)).toBe(true);
  }, 120_000);
});
