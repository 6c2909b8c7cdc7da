import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import path from "node:path";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { PROXY_PORT } from "../../src/fleet/squid/squid-container";
import { Lab, replace, type Proxy, type ProxyClient } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { accessLog, expectLogged } from "./access-log";
import { clientHello } from "./client-hello";
import { eventually } from "../helpers/docker";

/** Every name that the tests ask for leads to the same web server, which takes any server name. */
const NAMES = Array.from({ length: 12 }, (_, index) => [
  `site${index}.allowed.test`,
  "origin.test",
]);

/** Asks for a tunnel and speaks TLS in it: the answer's first line, or that there was none. */
async function getThroughTunnel(proxy: ProxyClient, host: string, servername: string) {
  const { status, socket } = await proxy.connect(`${host}:443`);
  expect(status).toBe(200);
  return getByTls(socket, servername);
}

async function getByTls(socket: Duplex, servername: string) {
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

/** A tunnel whose client does not wait: its first bytes are in one packet with the request for it. */
function impatientTunnel(proxy: ProxyClient, host: string): Duplex {
  let request = `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  let head: string | undefined = "";
  const socket = connectTcp(PROXY_PORT, proxy.address);
  const tunnel = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      socket.write(Buffer.concat([Buffer.from(request), chunk]), done);
      request = "";
    },
    final: (done) => socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (data: Buffer) => {
    if (head === undefined) {
      tunnel.push(data);
      return;
    }
    head += data.toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end >= 0) {
      tunnel.push(Buffer.from(head.slice(end + 4), "latin1"));
      head = undefined;
    }
  });
  socket.on("end", () => tunnel.push(null));
  socket.on("error", (error) => tunnel.destroy(error));
  return tunnel;
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

  beforeAll(async () => {
    await lab.start({
      names: {
        ...(Object.fromEntries(NAMES) as Record<string, string>),
        "denied.allowed.test": "origin.test",
        "other.test": "origin.test",
      },
    });
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  const rules = { allowed: [".allowed.test"], denied: ["denied.allowed.test"] };

  const start = (domainFilter: "enforce" | "report") =>
    lab.proxy({
      rules: { ...rules, domainFilter },
      sniCheck: "on",
      maxConnectionsPerClient: 400,
    });

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

    // Only what is a name in TLS is logged as one; a longer one than any name may be cut.
    test.each([
      ["a newline", "a1\nb", "allowed-domains"],
      ["a newline behind an allowed name", "site0.allowed.test\n1 OK", "allowed-domains"],
      ["a NUL", "\0site0.allowed.test", "missing-sni"],
      ["a quote and a blank", 'site0.allowed.test" x', "allowed-domains"],
      [
        "every byte",
        Array.from({ length: 255 }, (_, i) => String.fromCharCode(i + 1)).join(""),
        "allowed-domains",
      ],
      ["upper case", "DENIED.Allowed.Test", "denied-domains"],
      ["a dot at its end", "denied.allowed.test.", "denied-domains"],
      ["300 characters", "a.".repeat(150), "allowed-domains"],
      ["16,000 newlines", "\n".repeat(16_000), "allowed-domains"],
      ["a dash, which Squid writes for no name", "-", "missing-sni"],
      ["no character", "", "missing-sni"],
      ["no name", undefined, "missing-sni"],
    ])("refuses a name with %s, and goes on", async (_, name, deniedBy) => {
      const host = "site8.allowed.test";
      const before = await lab.is.origin.seen();
      const ofHost = async () => (await accessLog(proxy)).filter((entry) => entry.host === host);
      const count = (await ofHost()).length;
      const { socket } = await proxy.connect(`${host}:443`);
      socket.write(Buffer.concat(clientHello(name)));
      expect(await text(socket)).toBe("");
      await eventually(async () => {
        const entries = await ofHost();
        expect(entries).toHaveLength(count + 1);
        expect(entries.at(-1)).toMatchObject({ deniedBy });
      });
      expect(await lab.is.origin.seen()).toEqual(before);
      expect(await proxy.get("http://site7.allowed.test/echo")).toMatchObject({ status: 200 });
    });

    test("names that nobody has used before, many at once, are refused all the same", async () => {
      const refused = Array.from({ length: 300 }, async (_, index) => {
        const { socket } = await proxy.connect("site9.allowed.test:443");
        socket.write(Buffer.concat(clientHello(`other${index}.test`)));
        return text(socket);
      });
      expect(new Set(await Promise.all(refused))).toEqual(new Set([""]));
      const before = (await lab.is.origin.seen()).length;
      const names = Array.from({ length: 300 }, async () => {
        const { socket } = await proxy.connect("site9.allowed.test:443");
        socket.write(Buffer.concat(clientHello(undefined)));
        return text(socket);
      });
      expect(new Set(await Promise.all(names))).toEqual(new Set([""]));
      expect(await lab.is.origin.seen()).toHaveLength(before);
    }, 60_000);

    test("serves a client whose TLS comes in one packet with the request", async () => {
      const tunnel = impatientTunnel(proxy, "site10.allowed.test");
      expect(await getByTls(tunnel, "site10.allowed.test")).toMatchObject({
        certificate: "origin.test",
        answer: expect.stringMatching(/^HTTP\/1.1 200 /) as string,
      });
    });

    test("refuses a wrong name that comes in one packet with the request", async () => {
      const tunnel = impatientTunnel(proxy, "site11.allowed.test");
      expect(await getByTls(tunnel, "other.test")).toBe("closed");
      await expectLogged(proxy, "site11.allowed.test", [{ deniedBy: "allowed-domains" }]);
    });

    test("serves a client whose TLS comes in pieces", async () => {
      const { socket } = await proxy.connect("site10.allowed.test:443");
      const [record] = clientHello("site10.allowed.test") as [Buffer];
      for (const byte of record) {
        socket.write(Buffer.of(byte));
        await sleep(2);
      }
      const [answer] = (await once(socket, "data")) as [Buffer];
      // A record of TLS's handshake: the origin's answer.
      expect(answer[0]).toBe(0x16);
      socket.destroy();
    });

    test.each([
      ["together", true],
      ["apart, which Squid takes for no TLS", false],
    ])("TLS in several records that arrive %s", async (_, together) => {
      const { socket } = await proxy.connect("site10.allowed.test:443");
      const answered = once(socket, "data").then(([answer]) => (answer as Buffer)[0] === 0x16);
      const closed = once(socket, "close").then(() => false);
      const records = clientHello("site10.allowed.test", 30);
      for (const piece of together ? [Buffer.concat(records)] : records) {
        socket.write(piece);
        await sleep(200);
      }
      expect(await Promise.race([answered, closed])).toBe(together);
      socket.destroy();
    });

    test.each([
      ["other.test:443", "allowed-domains"],
      ["denied.allowed.test:443", "denied-domains"],
      ["10.0.0.1:443", "allowed-domains"],
      ["site6.allowed.test:22", "port"],
    ])("refuses a tunnel to %s with an answer in the clear", async (target, deniedBy) => {
      expect(await proxy.connect(target)).toMatchObject({
        status: 403,
        error: "ERR_FORWARDING_DENIED 0",
      });
      await expectLogged(proxy, target.replace(/:.*/, ""), [{ deniedBy, status: 403 }]);
    });

    // A name may get an address just after no rule could judge it.
    test("lets nothing pass of what it takes for unresolvable", async () => {
      const image = await lab.image(async (squid) => {
        await replace(path.join(squid, "squid.conf"), {
          "acl resolvable dst all": "acl resolvable note never yes",
        });
      });
      const blind = await lab.proxy({ image, sniCheck: "on" });
      const before = await lab.is.origin.seen();
      expect(await blind.connect("site8.allowed.test:443")).toMatchObject({ status: 503 });
      await expectLogged(blind, "site8.allowed.test", [{ deniedBy: "dns", status: 503 }]);
      expect(await lab.is.origin.seen()).toEqual(before);
    }, 120_000);

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

  test("a load balancer in front changes nothing", async () => {
    const proxy = await lab.proxy({
      rules,
      sniCheck: "on",
      proxyProtocolCidrs: [await lab.clientsCidr()],
    });
    const balancer = await lab.loadBalancer(proxy);
    const [host, sni] = ["site0.allowed.test", "site1.allowed.test"];
    const passed = { certificate: "origin.test" };
    expect(await getThroughTunnel(balancer, host, sni)).toMatchObject(passed);
    expect(await getByTls(impatientTunnel(balancer, host), sni)).toMatchObject(passed);
    for (const refused of ["other.test", ""]) {
      expect(await getThroughTunnel(balancer, host, refused)).toBe("closed");
      expect(await getByTls(impatientTunnel(balancer, host), refused)).toBe("closed");
    }
  }, 60_000);

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
      expect(await proxy.connect("forbidden.test:443")).toMatchObject({ status: 403 });
      expect(await proxy.connect("nowhere.test:443")).toMatchObject({
        status: 503,
        error: "ERR_DNS_FAIL 0",
      });
      await expectLogged(proxy, "forbidden.test", [{ deniedBy: "private-address" }]);
      await expectLogged(proxy, "nowhere.test", [{ deniedBy: "dns" }]);
      expect(await lab.is.forbidden.seen()).toEqual([]);
    });
  });
});
