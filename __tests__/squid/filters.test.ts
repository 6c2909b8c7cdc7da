import { Lab, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { expectLogged } from "./access-log";

const RULES = {
  allowed: [".example.test", "only.test", "both.test"],
  denied: ["both.test", ".bad.example.test"],
};

/** Names that these rules let pass. */
const PASSING = ["example.test", "www.example.test", "a.b.example.test", "only.test"];

/** Names that they refuse, and the list that does it, as the access log has it in `deniedBy`. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["notexample.test", "allowed-domains"],
  ["www.only.test", "allowed-domains"],
  ["other.test", "allowed-domains"],
  ["both.test", "denied-domains"],
  ["bad.example.test", "denied-domains"],
  ["very.bad.example.test", "denied-domains"],
];

/** Every name that the tests ask for leads to the same web server. */
const NAMES = [...PASSING, ...REFUSED.map(([name]) => name)];

const PASSED = { status: 200, error: undefined };
const DENIED = { status: 403, error: "ERR_ACCESS_DENIED 0" };

describeWith([DOCKER], "the rules", () => {
  const lab = new Lab();

  beforeAll(async () => {
    await lab.start({ names: Object.fromEntries(NAMES.map((name) => [name, "origin.test"])) });
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  async function outcomes(proxy: Proxy, host: string) {
    const { status, error } = await proxy.get(`http://${host}/echo`);
    const tunnel = await proxy.connect(`${host}:443`);
    tunnel.socket.destroy();
    return { get: { status, error }, connect: { status: tunnel.status, error: tunnel.error } };
  }

  describe("enforced", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      proxy = await lab.proxy({ rules: RULES });
    }, 60_000);

    test.each([...PASSING, "ONLY.test", "only.test."])("allow %s", async (host) => {
      expect(await outcomes(proxy, host)).toEqual({ get: PASSED, connect: PASSED });
    });

    test.each([...REFUSED, ["Worse.Bad.Example.Test.", "denied-domains"] as const])(
      "refuse %s because of %s",
      async (host, deniedBy) => {
        expect(await outcomes(proxy, host)).toEqual({ get: DENIED, connect: DENIED });
        await expectLogged(proxy, host.toLowerCase().replace(/\.$/, ""), [
          { method: "GET", deniedBy, wouldBeDeniedBy: null },
          { method: "CONNECT", deniedBy, wouldBeDeniedBy: null },
        ]);
      },
    );

    test("ask no name server for what they refuse", async () => {
      const events = await lab.is.nameServer.events();
      const asked = new Set(
        events.flatMap((event) => (event.event === "query" ? [event.name] : [])),
      );
      expect(PASSING.filter((name) => !asked.has(name))).toEqual([]);
      expect(REFUSED.filter(([name]) => asked.has(name))).toEqual([]);
    });

    test("refuse an address, even one whose owner says that its name is an allowed one", async () => {
      const { address } = lab.is.origin;
      expect(await outcomes(proxy, address)).toEqual({ get: DENIED, connect: DENIED });
    });
  });

  describe("reported", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      proxy = await lab.proxy({ rules: { ...RULES, domainFilter: "report" } });
    }, 60_000);

    test.each([
      ["example.test", null],
      ["other.test", "allowed-domains"],
      ["both.test", "denied-domains"],
      ["bad.example.test", "denied-domains"],
    ])("pass %s, marked as %s", async (host, wouldBeDeniedBy) => {
      expect(await outcomes(proxy, host)).toEqual({ get: PASSED, connect: PASSED });
      await expectLogged(proxy, host, [
        { method: "GET", deniedBy: null, wouldBeDeniedBy },
        { method: "CONNECT", deniedBy: null, wouldBeDeniedBy },
      ]);
    });

    test("let nobody to a private address", async () => {
      expect(await outcomes(proxy, "forbidden.test")).toEqual({ get: DENIED, connect: DENIED });
      const marked = { deniedBy: "private-address", wouldBeDeniedBy: "allowed-domains" };
      await expectLogged(proxy, "forbidden.test", [marked, marked]);
      expect(await lab.is.forbidden.seen()).toEqual([]);
    });
  });

  test("without entries let everything pass, and a deny-list alone only refuses what it has", async () => {
    const empty = await lab.proxy();
    expect(await outcomes(empty, "other.test")).toEqual({ get: PASSED, connect: PASSED });

    const denying = await lab.proxy({ rules: { denied: RULES.denied } });
    expect(await outcomes(denying, "other.test")).toEqual({ get: PASSED, connect: PASSED });
    expect(await outcomes(denying, "both.test")).toEqual({ get: DENIED, connect: DENIED });
  }, 120_000);

  test("ports are settings", async () => {
    const proxy = await lab.proxy({
      httpPorts: [],
      connectPorts: [443, 8443],
    });
    expect(await proxy.get("http://origin.test/echo")).toMatchObject(DENIED);
    for (const [port, result] of [
      [443, PASSED],
      [8443, PASSED],
      [80, DENIED],
    ] as const) {
      const tunnel = await proxy.connect(`origin.test:${port}`);
      tunnel.socket.destroy();
      expect(tunnel).toMatchObject(result);
    }
  }, 60_000);

  test("a private network can be opened, and nothing beside it", async () => {
    const { forbidden } = lab.is;
    const before = await forbidden.seen();
    const proxy = await lab.proxy({ privateCidrs: [`${forbidden.address}/32`] });
    expect(await outcomes(proxy, "forbidden.test")).toEqual({ get: PASSED, connect: PASSED });
    expect((await forbidden.seen()).length).toBeGreaterThan(before.length);

    // The proxy's own address is in the same network, and a name may have several addresses.
    expect(await outcomes(proxy, proxy.address)).toEqual({ get: DENIED, connect: DENIED });
    const name = `a-${forbidden.address.replaceAll(".", "-")}.a-10-0-0-1.ip.test`;
    expect(await outcomes(proxy, name)).toEqual({ get: DENIED, connect: DENIED });
    expect(await outcomes(proxy, "169.254.169.254")).toEqual({ get: DENIED, connect: DENIED });
  }, 60_000);
});
