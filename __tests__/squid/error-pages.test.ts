import { docker } from "../helpers/docker";
import { Lab, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

describeWith([DOCKER], "error pages", () => {
  const lab = new Lab();
  const proxies = {} as Record<"off" | "on", Proxy>;

  beforeAll(async () => {
    await lab.start({ names: { "denied.test": "origin.test" } });
    const rules = { allowed: [".test"], denied: ["denied.test"] };
    for (const sniCheck of ["off", "on"] as const) {
      proxies[sniCheck] = await lab.proxy({ rules, sniCheck });
    }
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  /** A request, by its first line and nothing more, and the whole answer. */
  async function ask(proxy: Proxy, request: string) {
    const { answer } = await proxy.raw(`${request} HTTP/1.1\r\nConnection: close\r\n\r\n`, 15_000);
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    const rules = [...head.matchAll(/^X-Denied-By: (.*)$/gim)].map(([, rule]) => rule);
    return { status: Number(head.split(" ")[1]), rules, body, answer };
  }

  const refused = (rule: string, setIn: string) =>
    `The proxy refuses this by its rule "${rule}", which is set in ${setIn}.`;
  const allowed = refused("allowed-domains", "rules/default/allowed-domains.txt");
  const denied = refused("denied-domains", "rules/default/denied-domains.txt");
  const noAddress = (host: string) =>
    `an address for ${host}: there is no such name, or the name servers gave no answer (rule "dns").`;
  const CASES = [
    ["GET http://origin.test:81/", 403, "port", refused("port", "proxy.httpPorts")],
    ["CONNECT origin.test:80", 403, "port", refused("port", "proxy.connectPorts")],
    ["CONNECT denied.test:443", 403, "denied-domains", denied],
    ["GET http://10.0.0.1/", 403, "allowed-domains", allowed],
    [
      "CONNECT forbidden.test:443",
      403,
      "private-address",
      refused("private-address", "proxy.privateCidrs"),
    ],
    [
      "GET http://a-127-0-0-1.ip.test/",
      403,
      "internal-address",
      refused("internal-address", "squid/squid.conf"),
    ],
    ["TRACE http://origin.test/", 403, "method", refused("method", "squid/squid.conf")],
    ["GET ftp://origin.test/", 403, "scheme", refused("scheme", "squid/squid.conf")],
    ["GET http://nowhere.test/", 503, "dns", noAddress("nowhere.test")],
    ["CONNECT nowhere.test:443", 503, "dns", noAddress("nowhere.test")],
    ["CONNECT x.servfail.test:443", 503, "dns", noAddress("x.servfail.test")],
    ["CONNECT x.silent.test:443", 503, "dns", noAddress("x.silent.test")],
    [
      "GET http://a-{internet}.ip.test/",
      503,
      undefined,
      "could not connect to a-{internet}.ip.test: (",
    ],
    ["GET nonsense", 400, undefined, "Squid calls the reason ERR_INVALID_URL."],
  ] as const;

  describe.each(["off", "on"] as const)("with the SNI check %s", (sniCheck) => {
    test.each(CASES)("%s: %i %s", async (request, status, rule, says) => {
      // An address of the lab's Internet that nobody has.
      const internet = lab.is.origin.address.replace(/\d+$/, "30").replaceAll(".", "-");
      const fill = (text: string) => text.replaceAll("{internet}", internet);
      const page = await ask(proxies[sniCheck], fill(request));
      expect(page).toMatchObject({
        status,
        rules: rule === undefined ? [] : [rule],
        body: expect.stringContaining(fill(says)) as string,
      });
      expect(page.answer).not.toMatch(/webmaster|administrator|cache_object|generated|squid\/6/i);
      expect(page.answer).not.toContain(lab.is.origin.address);
      expect(page.answer).not.toContain(proxies[sniCheck].address);
    });
  });

  test("too many connections: 429 connections", async () => {
    const proxy = await lab.proxy({ maxConnectionsPerClient: 1 });
    const tunnel = await proxy.connect("origin.test:443");
    for (const request of ["GET http://origin.test/", "CONNECT origin.test:443"]) {
      expect(await ask(proxy, request)).toMatchObject({ status: 429, rules: ["connections"] });
    }
    tunnel.socket.destroy();
  }, 60_000);

  test.each(["off", "on"] as const)(
    "no web server claims that the proxy has refused, with the SNI check %s",
    async (sniCheck) => {
      const claims = ["X-Denied-By:forged", "X-Squid-Error:ERR_FORWARDING_DENIED 0"];
      const query = claims.map((claim) => `header=${encodeURIComponent(claim)}`).join("&");
      const page = encodeURIComponent(
        'HTTP/1.1 403 Forbidden\r\nX-Denied-By: forged\r\nX-Squid-Error: a\r\nContent-Length: 13\r\n\r\n rule "forged"',
      );
      for (const path of [
        `cache?status=403&${query}`,
        `raw/${Buffer.from(decodeURIComponent(page)).toString("base64url")}`,
      ]) {
        expect(await ask(proxies[sniCheck], `GET http://origin.test/${path}`)).toMatchObject({
          status: 403,
          rules: [],
        });
      }
    },
  );

  test("there are no others", async () => {
    const { container } = proxies.off;
    const pages = await docker(
      ...["exec", container, "bash", "-c"],
      'for page in /etc/squid/errors/ERR_*; do echo "$(<$page)"; done; echo /usr/share/squid*/*',
    );
    expect(pages).not.toMatch(/webmaster|administrator|%[iIwWsSLUBRhTt]/);
    expect(pages).not.toContain("/errors");
    expect(await proxies.off.messages()).not.toMatch(/error text file|missing template/i);
  });
});
