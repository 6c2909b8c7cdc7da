import { Lab, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import type { Echo } from "./lab/origin";

describeWith([DOCKER], "what others learn", () => {
  const lab = new Lab();
  let proxy: Proxy;

  beforeAll(async () => {
    await lab.start();
    proxy = await lab.proxy();
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  async function headersAtOrigin(headers: Record<string, string>) {
    const { body } = await proxy.get("http://origin.test/echo", headers);
    const { headers: sent } = JSON.parse(body) as Echo;
    const pairs = sent.flatMap((name, index) =>
      index % 2 === 0 ? [[name.toLowerCase(), sent[index + 1]]] : [],
    );
    return Object.fromEntries(pairs) as Record<string, string>;
  }

  test("a web server sees what the client sent for it, and nothing of the proxy but its max-age", async () => {
    const sent = { "user-agent": "any", accept: "*/*", cookie: "a=b", "x-other": "passes" };
    expect(await headersAtOrigin(sent)).toEqual({
      ...sent,
      host: "origin.test",
      connection: "keep-alive",
      "cache-control": "max-age=259200",
    });
  });

  test("a web server sees nothing of what the client or a proxy before says about addresses", async () => {
    const said = {
      "client-ip": "192.0.2.1",
      forwarded: "for=192.0.2.1",
      "proxy-authorization": "Basic YTpi",
      "proxy-connection": "keep-alive",
      "true-client-ip": "192.0.2.1",
      via: "1.1 client",
      "x-client-ip": "192.0.2.1",
      "x-cluster-client-ip": "192.0.2.1",
      "x-forwarded-for": "192.0.2.1",
      "x-real-ip": "192.0.2.1",
    };
    const seen = await headersAtOrigin(said);
    expect(Object.keys(seen).filter((name) => name in said)).toEqual([]);
  });

  test("a web server sees the host of the URL, whatever the client's Host header says", async () => {
    const seen = await headersAtOrigin({ host: "forbidden.test" });
    expect(seen).toMatchObject({ host: "origin.test" });
  });

  test("a client sees neither version nor names of the proxy", async () => {
    const passed = await proxy.get("http://origin.test/echo");
    expect(passed.headers["cache-status"]).toMatch(/^proxy;/);
    expect(Object.keys(passed.headers).sort()).toEqual([
      "cache-status",
      "connection",
      "content-type",
      "date",
      "transfer-encoding",
    ]);
    for (const refused of [
      await proxy.get("http://10.0.0.1/"),
      await proxy.get("http://nowhere.test/"),
      await proxy.get("http://origin.test:8443/"),
    ]) {
      const { body, headers } = refused;
      const told = JSON.stringify(headers) + body;
      expect(told).not.toMatch(/squid\/|6\.1\d|debian/i);
      expect(told).not.toContain(proxy.container.slice(0, 12));
      expect(told).not.toContain(proxy.address);
      expect(headers).not.toHaveProperty("via");
    }
  });
});
