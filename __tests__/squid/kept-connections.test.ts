import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { PROXY_PORT } from "../../src/fleet/squid/squid-container";
import { eventually } from "../helpers/docker";
import { Lab, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

/** What a hostile web server would like the client to take for another site's answer. */
const FORGED = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
const LENGTH = `Content-Length: ${FORGED.length}`;
const CHUNKS = `${FORGED.length.toString(16)}\r\n${FORGED}\r\n0\r\n\r\n`;
const KEEP = "Connection: keep-alive\r\nProxy-Connection: keep-alive\r\nKeep-Alive: timeout=60";

/** Answers with more than belongs to them. */
const ANSWERS: Readonly<Record<string, string>> = {
  "204": `HTTP/1.1 204 No Content\r\n\r\n${FORGED}`,
  "204 with a length": `HTTP/1.1 204 No Content\r\n${LENGTH}\r\n\r\n${FORGED}`,
  "204 in chunks": `HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
  "204 to be kept": `HTTP/1.0 204 No Content\r\n${KEEP}\r\n\r\n${FORGED}`,
  "304": `HTTP/1.1 304 Not Modified\r\n\r\n${FORGED}`,
  "304 with a length": `HTTP/1.1 304 Not Modified\r\n${LENGTH}\r\n\r\n${FORGED}`,
  "304 in chunks": `HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
  "103 before 204": `HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n${FORGED}`,
  "103 before 200": `HTTP/1.1 103 Early Hints\r\n\r\n${FORGED}`,
  "102 and 199 before 200": `HTTP/1.1 102 Any\r\n\r\nHTTP/1.1 199 Any\r\n\r\n${FORGED}`,
  "101 before 200": `HTTP/1.1 101 Any\r\nUpgrade: any\r\n\r\n${FORGED}`,
  "099": `HTTP/1.1 099 Any\r\n\r\n${FORGED}`,
  "200 without a body": `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n${FORGED}`,
  "200 with a shorter body": `HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc${FORGED}`,
  "205": `HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n${FORGED}`,
};

function raw(site: string, answer: string) {
  return `http://${site}/raw/${Buffer.from(answer).toString("base64url")}`;
}

const GENUINE = raw("origin.test", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ngenuine");

/**
 * Common clients. Each asks the proxy for addresses in turn, over connections that it keeps where it
 * may, and prints what it takes for the answer's body and a line with "==" and the address.
 */
const CLIENTS: Readonly<Record<string, readonly string[]>> = {
  curl: ["curl", "--silent", "--write-out", "\\n== %{url}\\n", "--proxy"],
  Python: [
    "python3",
    "-c",
    `
import http.client, sys, urllib.parse
proxy = http.client.HTTPConnection(urllib.parse.urlsplit(sys.argv[1]).netloc, timeout=10)
for url in sys.argv[2:]:
    proxy.request("GET", url)
    print(proxy.getresponse().read().decode())
    print("==", url)
`,
  ],
  Node: [
    "node",
    "-e",
    `
const http = require("http");
const [proxy, ...urls] = process.argv.slice(1);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const get = (path) =>
  new Promise((resolve) => {
    const asked = http.get(proxy, { agent, path }, async (answer) => {
      let body = "";
      try {
        for await (const data of answer) body += data;
      } catch {}
      resolve(body);
    });
    asked.on("error", resolve);
  });
(async () => {
  for (const url of urls) console.log(await get(url) + "\\n== " + url);
  process.exit();
})();
`,
  ],
};

describeWith([DOCKER], "on a connection that a client keeps", () => {
  const lab = new Lab();
  let proxy: Proxy;

  beforeAll(async () => {
    await lab.start({ names: { "hostile.test": "origin.test" } });
    proxy = await lab.proxy();
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  /** What comes back for an address, until nothing more does. */
  async function received(method: string, url: string): Promise<string> {
    const socket = connectTcp(PROXY_PORT, proxy.address);
    await once(socket, "connect");
    let bytes = "";
    socket.setEncoding("latin1").on("data", (data: string) => (bytes += data));
    // The proxy answers the second request behind the first, so what is before is all of that.
    socket.write(`${method} ${url} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`);
    socket.write("GET ftp://end.test/ HTTP/1.1\r\nHost: end.test\r\n\r\n");
    await eventually(() => {
      expect(bytes).toContain("HTTP/1.1 403 ");
      return Promise.resolve();
    });
    socket.destroy();
    return bytes.slice(0, bytes.indexOf("HTTP/1.1 403 "));
  }

  describe.each(["GET", "HEAD"])("%s", (method) => {
    test.each(Object.entries(ANSWERS))("an answer %s says where it ends", async (_, answer) => {
      const bytes = await received(method, raw("hostile.test", answer));
      const end = bytes.indexOf("\r\n\r\n") + 4;
      const [head, behind] = [bytes.slice(0, end), bytes.slice(end)];
      const closes = /^Connection: close\r$/m.test(head);
      const bodiless = method === "HEAD" || /^HTTP\/1.1 (204|304) /.test(head);
      const length = bodiless ? 0 : Number(/^Content-Length: (\d+)\r$/m.exec(head)?.[1]);
      expect({ head, behind, ends: closes || behind.length === length }).toMatchObject({
        ends: true,
      });
    });
  });

  test.each(Object.entries(CLIENTS))(
    "no site answers for another to %s",
    async (_, command) => {
      const urls = Object.values(ANSWERS).flatMap((answer) =>
        Array.from({ length: 5 }, () => [raw("hostile.test", answer), GENUINE]).flat(),
      );
      const proxyUrl = `http://${proxy.address}:${PROXY_PORT}`;
      const printed = await lab.run(lab.is.clients, [...command, proxyUrl, ...urls]);
      expect(printed.split(`\n== ${GENUINE}\n`)).toHaveLength(urls.length / 2 + 1);
      expect(printed.split(`genuine\n== ${GENUINE}\n`)).toHaveLength(urls.length / 2 + 1);
    },
    60_000,
  );

  test.each(Object.entries(CLIENTS))(
    "%s gets the answer behind early hints",
    async (_, command) => {
      const answer = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ngenuine";
      const url = raw("origin.test", `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${answer}`);
      const proxyUrl = `http://${proxy.address}:${PROXY_PORT}`;
      expect(await lab.run(lab.is.clients, [...command, proxyUrl, url])).toContain("genuine");
    },
  );

  test("a client is told that what it has is still good", async () => {
    const unchanged = `HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 5000\r\n\r\n`;
    const answer = await proxy.get(raw("origin.test", unchanged), { "If-None-Match": '"1"' });
    expect(answer).toMatchObject({ status: 304, headers: { etag: '"1"' }, body: "" });
  });

  test("a client that asks whether it may send is told to", async () => {
    const socket = connectTcp(PROXY_PORT, proxy.address);
    socket.write("POST http://origin.test/echo HTTP/1.1\r\nHost: origin.test\r\n");
    socket.write("Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    const [first] = (await once(socket.setEncoding("latin1"), "data")) as [string];
    expect(first).toMatch(/^HTTP\/1.1 100 Continue\r\n/);
    socket.destroy();
  });
});
