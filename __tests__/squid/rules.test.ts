import { once } from "node:events";
import { connect } from "node:net";
import { PROXY_PORT } from "../../src/fleet/squid/squid-container";
import { signal } from "../../src/tools/rehearsal/faults/fault";
import { docker, eventually } from "../helpers/docker";
import { Lab, type Proxy } from "../helpers/lab";
import { versionOf, writeStore, type TestRules } from "../helpers/rule-store";
import { DOCKER, describeWith } from "../helpers/tools";
import { accessLog, logLines } from "./access-log";
import { loadBalancerCheck } from "./load-balancer-check";
import { proxyHeader, type Client } from "./proxy-header";

const ENDPOINTS = {
  web: "vpce-0aaaaaaaaaaaaaaaa",
  watcher: "vpce-0bbbbbbbbbbbbbbbb",
  managed: "vpce-0cccccccccccccccc",
};

const STRANGER = "vpce-0dddddddddddddddd";

const RULES: TestRules = {
  allowed: [".default.test"],
  sets: {
    web: { allowed: [".web.test", "a.*.star.test"], denied: ["bad.web.test"] },
    watch: { domainFilter: "report", allowed: ["nothing.test"] },
  },
  always: ["ssm.test"],
  endpoints: [
    { endpointId: ENDPOINTS.web, name: "shop", rules: "web", always: false },
    { endpointId: ENDPOINTS.watcher, name: "lab", rules: "watch", always: false },
    { endpointId: ENDPOINTS.managed, name: "client", rules: "web", always: true },
  ],
};

describeWith([DOCKER], "rules that change", () => {
  const lab = new Lab();
  const address = "172.16.0.10";

  beforeAll(() => lab.start(), 600_000);
  afterAll(() => lab.remove(), 60_000);

  async function start(rules: TestRules) {
    const store = await lab.store(rules);
    const proxy = await lab.proxy({
      rules: store,
      proxyProtocolCidrs: [await lab.clientsCidr()],
    });
    return { store, proxy };
  }

  /** The answer to a request as a load balancer passes it on. */
  async function send(proxy: Proxy, endpoint: Client["endpoint"], request: string) {
    const socket = connect(PROXY_PORT, proxy.address);
    socket.write(proxyHeader({ address, port: 1_024, endpoint }));
    socket.write(request);
    let answer = "";
    socket.on("data", (data) => (answer += data.toString()));
    await once(socket, "close");
    return answer;
  }

  /** The status, and the rule that the page names. */
  async function ask(proxy: Proxy, endpoint: Client["endpoint"], host: string): Promise<string> {
    const answer = await send(proxy, endpoint, `GET http://${host}/ HTTP/1.0\r\n\r\n`);
    const [, status] = answer.split(" ");
    const rule = /by its rule "(.*)", which is set in (.*)\./.exec(answer);
    return rule ? `${status} ${rule[1]} ${rule[2]}` : status!;
  }

  /** No name of these tests has an address, so that this is how it ends for what the rules admit. */
  const ADMITTED = "503";
  const allowedOf = (set: string) => `403 allowed-domains rules/${set}/allowed-domains.txt`;

  test("each endpoint has those of its set, and the log says whose it is", async () => {
    const { proxy } = await start(RULES);
    expect(await ask(proxy, ENDPOINTS.web, "www.web.test")).toBe(ADMITTED);
    expect(await ask(proxy, ENDPOINTS.web, "a.b.star.test")).toBe(ADMITTED);
    expect(await ask(proxy, ENDPOINTS.web, "a.b.c.star.test")).toBe(allowedOf("web"));
    expect(await ask(proxy, ENDPOINTS.web, "bad.web.test")).toBe(
      "403 denied-domains rules/web/denied-domains.txt",
    );
    expect(await ask(proxy, ENDPOINTS.web, "www.default.test")).toBe(allowedOf("web"));
    expect(await ask(proxy, ENDPOINTS.web, "ssm.test")).toBe(allowedOf("web"));
    expect(await ask(proxy, ENDPOINTS.managed, "ssm.test")).toBe(ADMITTED);
    expect(await ask(proxy, ENDPOINTS.watcher, "www.web.test")).toBe(ADMITTED);
    expect(await ask(proxy, STRANGER, "www.default.test")).toBe(ADMITTED);
    expect(await ask(proxy, STRANGER, "www.web.test")).toBe(allowedOf("default"));
    await eventually(async () => {
      const entries = await accessLog(proxy);
      const ofHost = (host: string, endpoint: string) =>
        entries.find((entry) => entry.host === host && entry.endpoint === endpoint);
      expect(ofHost("bad.web.test", ENDPOINTS.web)).toMatchObject({
        consumer: "shop",
        rules: "web",
        deniedBy: "denied-domains",
      });
      expect(ofHost("www.web.test", ENDPOINTS.watcher)).toMatchObject({
        consumer: "lab",
        rules: "watch",
        wouldBeDeniedBy: "allowed-domains",
      });
      expect(ofHost("www.web.test", STRANGER)).toMatchObject({
        consumer: null,
        rules: "default",
      });
    });
  }, 120_000);

  test("who is unknown can be refused everything", async () => {
    const { proxy } = await start({ ...RULES, unknownClients: "deny" });
    expect(await ask(proxy, STRANGER, "www.default.test")).toBe(
      "403 unknown-client unknownClients",
    );
    expect(await ask(proxy, ENDPOINTS.web, "www.web.test")).toBe(ADMITTED);
  }, 120_000);

  describe("an endpoint's id is nobody's", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      ({ proxy } = await start({ ...RULES, unknownClients: "deny" }));
    }, 60_000);

    test.each<[string, Client["endpoint"]]>([
      ["with a blank behind", `${ENDPOINTS.web} `],
      ["with a line end and an answer", `x\n0 OK\n${ENDPOINTS.web}`],
      ["with a NUL in front", `\0${ENDPOINTS.web}`],
      ["with a comma and itself", `${ENDPOINTS.web}, ${ENDPOINTS.web}`],
      ["twice", [ENDPOINTS.web, ENDPOINTS.web]],
      ["behind that of a stranger", [STRANGER, ENDPOINTS.web]],
      ["in front of that of a stranger", [ENDPOINTS.web, STRANGER]],
      ["escaped", "vpce%2d0aaaaaaaaaaaaaaaa"],
      ["in upper case", ENDPOINTS.web.toUpperCase()],
      ["too long", ENDPOINTS.web.padEnd(1_000, "a")],
      ["empty", ""],
    ])("%s", async (_, endpoint) => {
      expect(await ask(proxy, endpoint, "www.web.test")).toMatch(/^403 unknown-client/);
      // And the proxy goes on.
      expect(await ask(proxy, ENDPOINTS.web, "www.web.test")).toBe(ADMITTED);
    });
  });

  test("nor can a client bring one: behind the load balancer's header, or without being one", async () => {
    const { proxy } = await start({ ...RULES, unknownClients: "deny" });
    const forged = proxyHeader({ address, port: 1_024, endpoint: ENDPOINTS.web }).toString(
      "latin1",
    );
    const request = "GET http://www.web.test/ HTTP/1.0\r\n\r\n";
    const behind = proxyHeader({ address, port: 1_024, endpoint: STRANGER }).toString("latin1");
    const { answer } = await proxy.raw(behind + forged + request);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);

    const without = await lab.proxy({ rules: RULES });
    expect((await without.raw(forged + request)).answer).toMatch(/^HTTP\/1\.1 400 /);
    const elsewhere = await lab.proxy({ rules: RULES, proxyProtocolCidrs: ["10.0.0.0/24"] });
    expect(await elsewhere.raw(forged + request)).toEqual({ answer: "", closed: true });
  }, 120_000);

  test("a change is in force within twenty seconds, for whom it is meant, and in the log", async () => {
    const { proxy, store } = await start(RULES);
    expect(await ask(proxy, ENDPOINTS.web, "new.test")).toBe(allowedOf("web"));
    const changed = { ...RULES, sets: { ...RULES.sets, web: { allowed: ["new.test"] } } };
    writeStore(store, changed);
    await eventually(async () => {
      expect(await ask(proxy, ENDPOINTS.web, "new.test")).toBe(ADMITTED);
    });
    expect(await ask(proxy, ENDPOINTS.web, "www.web.test")).toBe(allowedOf("web"));
    expect(await ask(proxy, STRANGER, "www.default.test")).toBe(ADMITTED);
    const events = (await logLines(proxy)).filter(({ event }) => event === "rules");
    expect(events).toEqual([
      expect.objectContaining({ reason: "changed", version: versionOf(RULES), sets: 3, rules: 6 }),
      expect.objectContaining({ reason: "changed", version: versionOf(changed), rules: 4 }),
    ]);
  }, 120_000);

  describe("with its processes", () => {
    const healthcheck = ({ container }: Proxy) =>
      docker("exec", container, "/usr/local/bin/healthcheck");

    test.each(["rules-helper", "rules-fetcher"])(
      "%s killed, it goes on",
      async (program) => {
        const { proxy, store } = await start(RULES);
        await signal(proxy, "KILL", program);
        writeStore(store, { ...RULES, sets: { ...RULES.sets, web: { allowed: ["new.test"] } } });
        await eventually(async () => {
          expect(await ask(proxy, ENDPOINTS.web, "new.test")).toBe(ADMITTED);
        });
        expect(await ask(proxy, ENDPOINTS.web, "www.web.test")).toBe(allowedOf("web"));
        await healthcheck(proxy);
      },
      120_000,
    );

    test("the helper frozen, it is unhealthy", async () => {
      const { proxy } = await start(RULES);
      await signal(proxy, "STOP", "rules-helper");
      // What was answered is good for two seconds.
      await eventually(() => expect(healthcheck(proxy)).rejects.toMatchObject({ code: 1 }));
      expect(await loadBalancerCheck(proxy)).toBeUndefined();
      await signal(proxy, "CONT", "rules-helper");
      await eventually(() => healthcheck(proxy));
      expect(await loadBalancerCheck(proxy)).toBe(403);
    }, 120_000);

    test("its rules lost, it refuses everything, and is unhealthy until it has some", async () => {
      const { proxy } = await start(RULES);
      // As it brings them back within fifteen seconds.
      await signal(proxy, "STOP", "rules-fetcher");
      await docker("exec", proxy.container, "bash", "-c", ": >/dev/shm/rules");
      await signal(proxy, "KILL", "rules-helper");
      await eventually(() => expect(healthcheck(proxy)).rejects.toMatchObject({ code: 1 }));
      for (const endpoint of [...Object.values(ENDPOINTS), STRANGER]) {
        expect(await ask(proxy, endpoint, "ssm.test")).toBe("503 no-rules -");
        expect(await send(proxy, endpoint, "CONNECT ssm.test:443 HTTP/1.0\r\n\r\n")).toMatch(
          /^HTTP\/1\.1 503 [^]*\r\nX-Denied-By: no-rules\r\n/,
        );
      }
      // Open tunnels have their time until ECS replaces the task; a failure of this check would cut them.
      expect(await loadBalancerCheck(proxy)).toBe(403);
      await signal(proxy, "CONT", "rules-fetcher");
      await eventually(() => healthcheck(proxy), 30);
      expect(await ask(proxy, ENDPOINTS.managed, "ssm.test")).toBe(ADMITTED);
    }, 120_000);

    test("the fetcher frozen, it is unhealthy after a minute", async () => {
      const { proxy } = await start(RULES);
      await signal(proxy, "STOP", "rules-fetcher");
      await new Promise((resolve) => setTimeout(resolve, 61_000));
      await expect(healthcheck(proxy)).rejects.toMatchObject({ code: 1 });
      expect(await ask(proxy, ENDPOINTS.web, "www.web.test")).toBe(ADMITTED);
      await signal(proxy, "CONT", "rules-fetcher");
      await eventually(() => healthcheck(proxy));
    }, 120_000);
  });
});
