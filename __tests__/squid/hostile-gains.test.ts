import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { docker, logsOf } from "../helpers/docker";
import { DOCKER, describeWith } from "../helpers/tools";
import { ATTACKS } from "./hostile/attacks";
import { missing } from "./hostile/log-audit";
import { HOSTILE, Theatre, type Scene } from "./hostile/scene";

/** How long a web server may take to begin, and to go on. */
const FIRST_BYTE_MS = 5_000;
const SILENCE_MS = 500;

const lines = (...all: readonly string[]) => [...all, "", ""].join("\r\n");

/** What a hostile web server would have a client take for the answer to its next request. */
const SMUGGLED = lines("HTTP/1.1 200 OK", "Content-Length: 8") + "SMUGGLED";
const LENGTH = `Content-Length: ${SMUGGLED.length}`;
const CHUNK = `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`;

/** Answers that are longer than they say, or than their status or method allows. */
const ANSWERS: readonly (readonly [string, string, string])[] = [
  ["204 with a length", "GET", lines("HTTP/1.1 204 No Content", LENGTH) + SMUGGLED],
  ["204 in chunks", "GET", lines("HTTP/1.1 204 No Content", "Transfer-Encoding: chunked") + CHUNK],
  ["bare 204", "GET", lines("HTTP/1.1 204 No Content") + SMUGGLED],
  ["304 with a length", "GET", lines("HTTP/1.1 304 Not Modified", LENGTH) + SMUGGLED],
  [
    "304 in chunks",
    "GET",
    lines("HTTP/1.1 304 Not Modified", "Transfer-Encoding: chunked") + CHUNK,
  ],
  ["bare 304", "GET", lines("HTTP/1.1 304 Not Modified") + SMUGGLED],
  ["answer to HEAD", "HEAD", lines("HTTP/1.1 200 OK", LENGTH) + SMUGGLED],
  [
    "answer to HEAD in chunks",
    "HEAD",
    lines("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + CHUNK,
  ],
  ["two answers", "GET", lines("HTTP/1.1 200 OK", "Content-Length: 0") + SMUGGLED],
  ["two lengths", "GET", lines("HTTP/1.1 200 OK", "Content-Length: 0", LENGTH) + SMUGGLED],
  [
    "length and chunks",
    "GET",
    lines("HTTP/1.1 200 OK", LENGTH, "Transfer-Encoding: chunked") + `0\r\n\r\n${SMUGGLED}`,
  ],
  ["205 with a length", "GET", lines("HTTP/1.1 205 Reset Content", LENGTH) + SMUGGLED],
  ["101 unasked", "GET", lines("HTTP/1.1 101 Switching Protocols", "Upgrade: x") + SMUGGLED],
  ["interim answer", "GET", lines("HTTP/1.1 103 Early Hints", LENGTH) + SMUGGLED],
];

/** Says one thing after the other, each when nothing more comes back, and returns what was heard. */
async function converse(socket: Socket, words: readonly string[]): Promise<string> {
  let [heard, last] = ["", Date.now()];
  socket.setEncoding("latin1").on("error", () => socket.destroy());
  socket.on("data", (data: string) => {
    heard += data;
    last = Date.now();
  });
  for (const word of words) {
    socket.write(word);
    const [said, before] = [Date.now(), heard.length];
    const isDone = () =>
      heard.length > before ? Date.now() - last > SILENCE_MS : Date.now() - said > FIRST_BYTE_MS;
    while (!socket.closed && !isDone()) await sleep(50);
  }
  socket.destroy();
  return heard;
}

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf("\r\n\r\n") + 4);
}

/** What a client, which counts as RFC 9112 says, takes for the answer to its second request. */
function secondAnswer(heard: string, method: string): string {
  const end = heard.indexOf("\r\n\r\n") + 4;
  const head = heard.slice(0, end);
  const rest = heard.slice(end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (status < 200) return secondAnswer(rest, method);
  // What follows is then not read.
  if (/^connection: *close/im.test(head)) return "";
  if (method === "HEAD" || status === 204 || status === 304) return rest;
  if (/^transfer-encoding: *chunked/im.test(head)) return rest.slice(rest.indexOf("0\r\n\r\n") + 5);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return length === undefined ? "" : rest.slice(Number(length));
}

describeWith([DOCKER], "a hostile client or web server gains nothing:", () => {
  const theatre = new Theatre();
  let plain: Scene;
  let full: Scene;

  beforeAll(async () => {
    await theatre.open();
    [plain, full] = await Promise.all([
      theatre.scene({ sniCheck: "off", loadBalancer: false }),
      theatre.scene({ sniCheck: "on", loadBalancer: true }),
    ]);
  }, 600_000);

  afterAll(() => theatre.close(), 60_000);

  test.each(ANSWERS)("no other request's answer (%s)", async (_, method, answer) => {
    const kept = `http://${theatre.server}/kept/${Buffer.from(answer, "latin1").toString("base64url")}`;
    const both = [plain, full].map((scene) => {
      return converse(scene.connect(), [
        `${method} ${kept} HTTP/1.1\r\n\r\n`,
        `GET http://${theatre.origin}/mine HTTP/1.1\r\n\r\n`,
      ]);
    });
    for (const heard of await Promise.all(both)) {
      const second = secondAnswer(heard, method);
      // No answer is right, too: the client asks again.
      expect(second).toMatch(/^$|^HTTP\/1\.1 200 OK\r\n[^]*"url":"\/mine"/);
      expect(second).not.toContain(SMUGGLED);
    }
  });

  test("nothing of what others have fetched", async () => {
    const url = `http://${theatre.origin}/cache/secret?header=Cache-Control:public,max-age=600`;
    const headers = ["", "Cache-Control: only-if-cached\r\n", "Cache-Control: max-stale\r\n"];
    for (const scene of [plain, full]) {
      const mine = await converse(scene.connect(), [`GET ${url} HTTP/1.1\r\n\r\n`]);
      expect(mine).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      for (const header of headers) {
        const other = scene.connect(HOSTILE);
        const heard = await converse(other, [`GET ${url} HTTP/1.1\r\n${header}\r\n`]);
        expect(bodyOf(heard)).not.toBe(bodyOf(mine));
      }
    }
  });

  test("no tunnel with a server name that is refused, however many there are", async () => {
    const { origin } = theatre.lab.is;
    const before = (await origin.seen()).length;
    const { made } = await full.attack("refused server names");
    expect(made).toBe(ATTACKS["refused server names"]!.connections);
    expect((await origin.seen()).length - before).toBe(0);
  }, 60_000);

  test("no tunnel or download without its line in the log, though the proxy ends first", async () => {
    const endWithOpenOnes = async (scene: Scene) => {
      await scene.begin({ SHUTDOWN_DELAY_SECONDS: "0", SHUTDOWN_LIFETIME_SECONDS: "2" });
      const { proxy } = scene;
      const hosts = Array.from({ length: 40 }, (_, index) => `open${index}.${theatre.origin}`);
      const open = hosts.map((host, index) => {
        const socket = scene.connect(HOSTILE).on("error", () => {});
        const tunnel = `CONNECT ${host}:443 HTTP/1.1\r\n\r\n`;
        const download = `GET http://${host}/drip?chunks=1000&ms=100 HTTP/1.1\r\n\r\n`;
        socket.write(index % 2 === 0 ? tunnel : download);
        return socket;
      });
      await Promise.all(open.map((socket) => once(socket, "data")));
      await docker("stop", "--time", "60", proxy.container);
      open.forEach((socket) => socket.destroy());
      const log = await logsOf(proxy.container);
      expect(missing(log, hosts)).toEqual([]);
    };
    await Promise.all([plain, full].map(endWithOpenOnes));
  }, 120_000);
});
