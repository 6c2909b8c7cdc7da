import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { Lab, type Proxy, type ProxyClient } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { expectLogged } from "./access-log";

/** Every name that the tests ask for leads to the same web server, which takes any server name. */
const NAMES = Array.from({ length: 12 }, (_, index) => [
  `site${index}.allowed.test`,
  "origin.test",
]);

/** Asks for a tunnel and speaks TLS in it: the answer's first line, or that there was none. */
async function getThroughTunnel(proxy: ProxyClient, host: string, servername: string) {
  const { status, socket } = await proxy.connect(`${host}:443`);
  expect(status).toBe(200);
  const tls = connectTls({ socket, servername, rejectUnauthorized: false });
  try {
    await once(tls, "secureConnect");
    tls.write("GET /echo HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n");
    return { certificate: tls.getPeerCertificate().subject.CN, answer: await text(tls) };
  } catch {
    return "closed";
  } finally {
    tls.destroy();
  }
}

/** The same without TLS. */
async function getWithoutTls(proxy: ProxyClient, host: string) {
  const { status, socket } = await proxy.connect(`${host}:443`);
  expect(status).toBe(200);
  socket.write("GET /echo HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n");
  return text(socket);
}

describeWith([DOCKER], "the SNI check", () => {
  const lab = new Lab();
  let lists: string;

  beforeAll(async () => {
    await lab.start({
      names: {
        ...(Object.fromEntries(NAMES) as Record<string, string>),
        "denied.allowed.test": "origin.test",
        "other.test": "origin.test",
      },
    });
    lists = await lab.image(async (squid) => {
      await writeFile(path.join(squid, "allowed-domains.txt"), ".allowed.test\n");
      await writeFile(path.join(squid, "denied-domains.txt"), "denied.allowed.test\n");
    });
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  const start = (domainFilter: "enforce" | "report") =>
    lab.proxy({ image: lists, sniCheck: "on", domainFilter });

  describe("enforced", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      proxy = await start("enforce");
    }, 60_000);

    test("lets TLS pass with the name of an allowed domain, and decrypts nothing", async () => {
      const sni = "site1.allowed.test";
      expect(await getThroughTunnel(proxy, "site0.allowed.test", sni)).toMatchObject({
        // The origin's own certificate, not one of the proxy.
        certificate: "origin.test",
        answer: expect.stringMatching(/^HTTP\/1.1 200 /) as string,
      });
      await expectLogged(proxy, "site0.allowed.test", [
        { sni, deniedBy: null, status: 200, result: "TCP_TUNNEL", upstream: lab.is.origin.address },
      ]);
    });

    test.each([
      ["another name", "site2.allowed.test", "other.test", "allowed-domains"],
      ["a name that is denied", "site3.allowed.test", "denied.allowed.test", "denied-domains"],
      ["no name", "site4.allowed.test", "", "missing-sni"],
    ])("refuses TLS with %s", async (_, host, servername, deniedBy) => {
      const before = await lab.is.origin.seen();
      expect(await getThroughTunnel(proxy, host, servername)).toBe("closed");
      await expectLogged(proxy, host, [{ deniedBy }]);
      expect(await lab.is.origin.seen()).toEqual(before);
    });

    test("refuses what is not TLS", async () => {
      const before = await lab.is.origin.seen();
      expect(await getWithoutTls(proxy, "site5.allowed.test")).not.toContain("/echo");
      await expectLogged(proxy, "site5.allowed.test", [{ deniedBy: "missing-tls" }]);
      expect(await lab.is.origin.seen()).toEqual(before);
    });

    // An answer would be 200 and, inside TLS with a certificate of the proxy's own, an error page.
    test.each([
      ["other.test:443", "allowed-domains"],
      ["denied.allowed.test:443", "denied-domains"],
      ["10.0.0.1:443", "allowed-domains"],
      ["site6.allowed.test:22", "port"],
    ])(
      "closes the connection of a client that asks for a tunnel to %s",
      async (target, deniedBy) => {
        await expect(proxy.connect(target)).rejects.toThrow("socket hang up");
        await expectLogged(proxy, target.replace(/:.*/, ""), [{ deniedBy, status: 0 }]);
      },
    );

    test("the address guard judges again what a client has kept waiting", async () => {
      const { origin, forbidden } = lab.is;
      const turn = [origin, forbidden].map(({ address }) => `a-${address.replaceAll(".", "-")}`);
      const open = await lab.proxy({ sniCheck: "on" });
      const { status, socket } = await open.connect(`flip.${turn.join(".")}.ip.test:443`);
      expect(status).toBe(200);
      // Longer than Squid remembers an address: negative_dns_ttl is the least, too.
      await sleep(7_000);
      const tls = connectTls({ socket, servername: "any.test", rejectUnauthorized: false });
      await expect(once(tls, "secureConnect")).rejects.toThrow();
      expect(await forbidden.seen()).toEqual([]);
    }, 30_000);

    test("is not asked about plain HTTP", async () => {
      expect(await proxy.get("http://site7.allowed.test/echo")).toMatchObject({ status: 200 });
      expect(await proxy.get("http://other.test/echo")).toMatchObject({ status: 403 });
    });
  });

  describe("reported", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      proxy = await start("report");
    }, 60_000);

    test.each([
      ["site0.allowed.test", "site0.allowed.test", null],
      ["site1.allowed.test", "other.test", "allowed-domains"],
      ["site2.allowed.test", "denied.allowed.test", "denied-domains"],
      ["site3.allowed.test", "", "missing-sni"],
      ["other.test", "site0.allowed.test", "allowed-domains"],
    ])("lets a tunnel to %s with name '%s' pass, marked as %s", async (host, name, mark) => {
      expect(await getThroughTunnel(proxy, host, name)).toMatchObject({
        certificate: "origin.test",
      });
      await expectLogged(proxy, host, [
        { result: "TCP_TUNNEL", deniedBy: null, wouldBeDeniedBy: mark, sni: name || null },
      ]);
    });

    test("lets what is not TLS pass, marked", async () => {
      expect(await getWithoutTls(proxy, "site5.allowed.test")).toContain("HTTP/1.1 200 ");
      await expectLogged(proxy, "site5.allowed.test", [
        { result: "TCP_TUNNEL", wouldBeDeniedBy: "missing-tls" },
      ]);
    });

    test("keeps the address guard", async () => {
      await expect(proxy.connect("forbidden.test:443")).rejects.toThrow("socket hang up");
      await expect(proxy.connect("nowhere.test:443")).rejects.toThrow("socket hang up");
      await expectLogged(proxy, "forbidden.test", [{ deniedBy: "private-address" }]);
      await expectLogged(proxy, "nowhere.test", [{ deniedBy: "dns" }]);
      expect(await lab.is.forbidden.seen()).toEqual([]);
    });
  });
});
