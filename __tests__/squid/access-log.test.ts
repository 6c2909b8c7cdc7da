import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import { connect as connectTcp } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { docker, eventually } from "../helpers/docker";
import { Lab, VPC_ENDPOINT_ID, type Proxy, type ProxyClient } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { accessLog, expectLogged, logLines, messageLines } from "./access-log";
import { loadBalancerCheck } from "./load-balancer-check";
import { proxyHeader } from "./proxy-header";

describeWith([DOCKER], "the access log", () => {
  const lab = new Lab();
  let proxy: Proxy;

  beforeAll(async () => {
    await lab.start({
      names: Object.fromEntries(
        ["a", "b", "c", "d", "e", "f"].map((name) => [`${name}.test`, "origin.test"]),
      ),
    });
    proxy = await lab.proxy();
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  test("has who asked for what, what came of it, how much and how long", async () => {
    await proxy.request({
      method: "POST",
      target: "http://a.test/echo?secret",
      body: "x".repeat(500),
    });
    await expectLogged(proxy, "a.test", [
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        client: await ownAddress(proxy),
        clientPort: expect.any(Number) as number,
        endpoint: null,
        method: "POST",
        host: "a.test",
        port: 80,
        url: "http://a.test/echo?",
        sni: null,
        error: null,
        deniedBy: null,
        wouldBeDeniedBy: null,
        result: "TCP_MISS",
        upstream: lab.is.origin.address,
        upstreamMs: expect.any(Number) as number,
        dnsMs: expect.any(Number) as number,
        durationMs: expect.any(Number) as number,
        bytesIn: expect.any(Number) as number,
        bytesOut: expect.any(Number) as number,
        status: 200,
        sequence: 1,
      },
    ]);
    const [entry] = (await accessLog(proxy)).filter(({ host }) => host === "a.test");
    expect(entry!.bytesIn).toBeGreaterThan(500);
    expect(Date.now() - Date.parse(entry!.time)).toBeLessThan(60_000);
  });

  test("has a tunnel when it ends, with its bytes both ways and its time", async () => {
    const { socket } = await proxy.connect("b.test:443");
    socket.write("GET /bytes/50000 HTTP/1.1\r\nHost: any\r\n\r\n");
    await once(socket, "data");
    await sleep(300);
    socket.destroy();
    await expectLogged(proxy, "b.test", [{ method: "CONNECT", result: "TCP_TUNNEL", port: 443 }]);
    const [entry] = (await accessLog(proxy)).filter(({ host }) => host === "b.test");
    expect(entry!.bytesOut).toBeGreaterThan(50_000);
    expect(entry!.durationMs).toBeGreaterThanOrEqual(300);
  });

  test("has why a request failed", async () => {
    await proxy.get("http://nowhere.test/");
    await expectLogged(proxy, "nowhere.test", [
      {
        error: "ERR_DNS_FAIL",
        deniedBy: "dns",
        status: 503,
        upstream: null,
        upstreamMs: null,
      },
    ]);
    await proxy.raw("nonsense\r\n\r\n");
    await proxy.raw("GET nonsense HTTP/1.1\r\n\r\n");
    await eventually(async () => {
      expect((await accessLog(proxy)).slice(-2)).toMatchObject([
        { error: "ERR_PROTOCOL_UNKNOWN", status: 400 },
        { error: "ERR_INVALID_URL", status: 400 },
      ]);
    });
  });

  test("has no passwords and no queries of URLs", async () => {
    await proxy.get("http://user:password@c.test/echo?token=secret");
    await expectLogged(proxy, "c.test", [{}]);
    const lines = (await proxy.logs()).filter((line) => line.includes("c.test"));
    expect(lines.join()).not.toMatch(/password|secret/);
  });

  test("has neither the load balancer's probes nor the container's", async () => {
    await proxy.get("http://d.test/echo");
    await expectLogged(proxy, "d.test", [{}]);
    const before = await proxy.logs();
    const probe = connectTcp(3128, proxy.address).resume();
    await once(probe, "connect");
    await once(probe.end(), "close");
    await docker("exec", proxy.container, "/usr/local/bin/healthcheck");
    await proxy.get("http://e.test/echo");
    await expectLogged(proxy, "e.test", [{}]);
    expect(await proxy.logs()).toHaveLength(before.length + 1);
  });

  test("has lines of 2 KiB at most, however much a client says about itself", async () => {
    const long = `"`.repeat(2_500);
    const requests = [
      `GET http://g.test/${long} HTTP/1.1\r\nHost: a\r\n`,
      `GET http://${"g".repeat(250)}.${long}/ HTTP/1.1\r\nHost: a\r\n`,
      `${"G".repeat(5_000)} http://g.test/ HTTP/1.1\r\nHost: a\r\n`,
      `CONNECT ${"g".repeat(5_000)}:443 HTTP/1.1\r\nHost: a\r\n`,
      `GET http://g.test/ HTTP/1.1\r\nHost: ${"g".repeat(5_000)}\r\n`,
      `GET http://user:${"p".repeat(5_000)}@g.test/ HTTP/1.1\r\nHost: g.test\r\n`,
    ];
    const before = (await proxy.logs()).length;
    await Promise.all(requests.map((head) => proxy.raw(`${head}Connection: close\r\n\r\n`)));
    await eventually(async () => {
      expect(await proxy.logs()).toHaveLength(before + requests.length);
    });
    for (const line of await proxy.logs()) {
      expect(line.length).toBeLessThan(2_048);
    }
    const urls = (await accessLog(proxy)).map(({ url }) => url);
    expect(urls).toContain(`http://g.test/${"%22".repeat(1_000)}`.slice(0, 1_000));
  });

  test("is JSON, a line for each request, whatever the client sends", async () => {
    const before = (await proxy.logs()).length;
    const requests = fc.sample(hostileRequest, { numRuns: 300, seed: 6 });
    // Some make Squid wait for more, which takes the whole time.
    await Promise.all(requests.map((request) => proxy.raw(request, 1_000)));
    await proxy.get("http://f.test/echo");
    await expectLogged(proxy, "f.test", [{}]);
    const entries = await accessLog(proxy);
    expect(entries.length).toBeGreaterThan(before + requests.length / 2);
    const { origin } = lab.is;
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
    for (const entry of entries) {
      expect(Object.keys(entry)).toEqual(Object.keys(entries[0]!));
      expect([null, origin.address]).toContain(entry.upstream);
      expect(entry.endpoint).toBeNull();
    }
  }, 120_000);
});

/** What somebody would write who wants another to have done it. */
const FORGED = JSON.stringify({ time: "2026-11-25T00:00:00.000Z", endpoint: "vpce-another" });

/** Heads that Squid repeats in its messages unless it is told not to. */
const SAID_ALOUD = [
  // Lines of their own, and bytes that are no text.
  `GET http://origin.test/?secret HTTP/1.1\r\nHost: a\r\nX: \0\r\n${FORGED}\r\n\r\n`,
  `GET http://origin.test/?secret HTTP/1.1\r\nHost: a\r\nX: \0\n${FORGED}\nY: \xff\xc3\x1b[2K\r\n\r\n`,
  `GET http://origin.test/?secret HTTP/1.1\r\nHost: a\r\nAuthorization: Basic secret\r\nX: ${"\0".repeat(5_000)}\r\n\r\n`,
  "PRI * HTTP/2.0\r\n\r\nsecret\r\n\r\n",
  "GET http://?secret HTTP/1.1\r\nHost: a\r\n\r\n",
  `GET http://origin.test/echo?secret&header=X:%00%0A${encodeURIComponent(FORGED)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
];

describeWith([DOCKER], "what Squid says besides", () => {
  const lab = new Lab();

  beforeAll(() => lab.start(), 600_000);
  afterAll(() => lab.remove(), 60_000);

  const provoke = (proxy: Proxy) =>
    Promise.all(SAID_ALOUD.map((request) => proxy.raw(request, 1_000)));

  test("has nothing of what clients and web servers send", async () => {
    const proxy = await lab.proxy();
    const before = await messageLines(proxy);
    expect(before.length).toBeGreaterThan(0);
    await provoke(proxy);
    await eventually(async () => {
      expect((await logLines(proxy)).length).toBeGreaterThanOrEqual(SAID_ALOUD.length);
    });
    expect(await messageLines(proxy)).toEqual(before);
    expect((await proxy.logs()).join()).not.toContain("secret");
  }, 60_000);

  test("is told from the access log even where Squid says all that it can", async () => {
    const proxy = await lab.proxy({
      image: await lab.image((squid) =>
        appendFile(path.join(squid, "squid.conf"), "debug_options ALL,1\n"),
      ),
    });
    await provoke(proxy);
    await eventually(async () => {
      expect(await proxy.messages()).toContain("vpce-another");
    });
    const lines = await messageLines(proxy);
    expect(lines.map(({ event }) => event)).toEqual(lines.map(() => "message"));
    for (const entry of await accessLog(proxy)) {
      expect(entry).toMatchObject({ endpoint: null, sequence: expect.any(Number) as number });
    }
  }, 120_000);
});

/** The address that this process has in the network of a proxy. */
async function ownAddress({ address }: ProxyClient): Promise<string | undefined> {
  const socket = connectTcp(3128, address);
  await once(socket, "connect");
  const { localAddress } = socket;
  socket.destroy();
  return localAddress;
}

/** Requests with what would end a string, a line or a field of the log, in every place. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        "\\",
        "\\u00",
        '":-,',
        '":"-",',
        '"endpoint":"%01',
        "%",
        "%00",
        "\x1b[2K",
      ),
      fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
      fc.constantFrom("é", "%0a", "%22", "{", "}", "'", "L", "F\n", "\t"),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.from(parts.join(""), "utf8").toString("latin1"));

const hostileRequest = fc.oneof(
  hostile.map(
    (path) => `GET http://origin.test/${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  ),
  hostile.map((host) => `GET http://${host}/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
  hostile.map(
    (method) => `X${method} http://origin.test/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  ),
  hostile.map((authority) => `CONNECT ${authority}:443 HTTP/1.1\r\nHost: a\r\n\r\n`),
  hostile.map(
    (agent) =>
      `GET http://origin.test/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nUser-Agent: ${agent}\r\n\r\n`,
  ),
  hostile.map((line) => `${line}\r\n\r\n`),
);

describeWith([DOCKER], "the access log behind a load balancer", () => {
  const lab = new Lab();
  let proxy: Proxy;
  let loadBalancer: ProxyClient;

  beforeAll(async () => {
    await lab.start();
    proxy = await lab.proxy({ proxyProtocolCidrs: [await lab.clientsCidr()] });
    loadBalancer = await lab.loadBalancer(proxy);
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  test("has the client's address and port, and the VPC endpoint", async () => {
    await loadBalancer.get("http://origin.test/echo");
    await expectLogged(proxy, "origin.test", [
      { client: await ownAddress(proxy), endpoint: VPC_ENDPOINT_ID, status: 200 },
    ]);
  });

  test("takes no header from anybody else", async () => {
    const stranger = await lab.proxy({ proxyProtocolCidrs: ["192.0.2.0/24"] });
    const refused = await stranger.raw(
      "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET http://origin.test/echo HTTP/1.0\r\n\r\n",
    );
    expect(refused).toEqual({ answer: "", closed: true });
    await expect(loadBalancerless(stranger)).rejects.toThrow();
  }, 60_000);

  test("a client without a header gets no answer", async () => {
    await expect(loadBalancerless(proxy)).rejects.toThrow();
  });

  const loadBalancerless = (direct: Proxy) => direct.get("http://origin.test/echo");

  test("the load balancer's health check passes, and leaves no trace", async () => {
    const before = await proxy.logs();
    const messagesBefore = await proxy.messages();
    for (let count = 0; count < 5; count++) expect(await loadBalancerCheck(proxy)).toBe(403);
    // A connection without a request, and the header that says there is no client (LOCAL).
    for (const bytes of ["", "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"]) {
      const socket = connectTcp(3128, proxy.address);
      await once(socket, "connect");
      socket.end(bytes, "latin1");
      await text(socket);
    }
    await loadBalancer.get("http://origin.test/echo?after");
    await eventually(async () => {
      expect(await proxy.logs()).toHaveLength(before.length + 1);
    });
    expect(await proxy.messages()).toBe(messagesBefore);
  });

  test.each([
    { client: "172.16.0.8", from: "an endpoint", endpoint: VPC_ENDPOINT_ID },
    { client: "172.16.0.9", from: "loadBalancer.ingressCidrs", endpoint: [] },
  ])("a client from $from that asks for the same leaves one", async ({ client, endpoint }) => {
    const header = proxyHeader({ address: client, port: 1_024, endpoint }).toString("latin1");
    for (const head of [
      "GET / HTTP/1.1\r\nHost: 10.0.0.1:3128\r\nUser-Agent: ELB-HealthChecker/2.0",
      "CHECK-1 http://origin.test/ HTTP/1.1\r\nHost: origin.test",
    ]) {
      await proxy.raw(`${header}${head}\r\nConnection: close\r\n\r\n`);
    }
    await eventually(async () => {
      const entries = (await accessLog(proxy)).filter((entry) => entry.client === client);
      expect(entries).toMatchObject([
        { error: "ERR_INVALID_URL", status: 400 },
        { method: "CHECK-1", host: "origin.test" },
      ]);
    });
  });
});
