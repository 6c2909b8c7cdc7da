/**
 * The web, as far as the lab has one: on each port given, HTTP and TLS for any name, told apart by
 * the first byte. One line of JSON per event on stdout is what the server saw.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer, type Socket } from "node:net";
import path from "node:path";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

export type OriginEvent =
  | { readonly event: "listening" | "mark" }
  | { readonly event: "connection"; readonly port: number; readonly from: string }
  | { readonly event: "tls"; readonly port: number; readonly serverName: string | null }
  | RequestEvent
  /** The body of the request before, where there is one and its path is an echo. */
  | { readonly event: "body"; readonly port: number; readonly body: string }
  /** What arrived is not HTTP, to Node's strict parser at least. */
  | { readonly event: "malformed"; readonly port: number; readonly bytes: string };

export interface RequestEvent {
  readonly event: "request";
  readonly port: number;
  readonly tls: boolean;
  readonly method: string;
  readonly url: string;
  /** Names and values in turn, as they were sent. */
  readonly headers: readonly string[];
}

/** The answer to any path without a behaviour of its own: the request, as JSON. */
export type Echo = Pick<RequestEvent, "method" | "url" | "headers"> & { readonly body: string };

const TLS_HANDSHAKE = 0x16;

type Behaviour = (request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

let counter = 0;

/** By the first part of the path. */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  /** `/bytes/N`: so many. */
  bytes: (_request, response, url) => {
    response.end(Buffer.alloc(Number(url.pathname.split("/")[2]), "x"));
  },

  /** `/drip?chunks=N&ms=M&header=…`: a slow download, a line at a time. */
  drip: async (_request, response, url) => {
    addHeaders(response, url);
    for (let chunk = Number(url.searchParams.get("chunks")); chunk > 0; chunk--) {
      response.write(`${chunk}\n`);
      await sleep(Number(url.searchParams.get("ms")));
    }
    response.end();
  },

  /**
   * `/cache?header=Cache-Control:max-age=60&status=404&bytes=9`: headers, status and size as asked.
   * The body begins with another number for each request, so whoever gets the same again got it from
   * a cache.
   */
  cache: (_request, response, url) => {
    addHeaders(response, url);
    const body = String(++counter).padEnd(Number(url.searchParams.get("bytes")), ".");
    response.writeHead(Number(url.searchParams.get("status") ?? 200)).end(body);
  },

  /** `/page`: another number each time, last modified long ago, and not a word on how long it is fresh. */
  page: (_request, response) => {
    response.setHeader("Last-Modified", "Thu, 01 Jan 2015 00:00:00 GMT").end(String(++counter));
  },

  /** `/raw/X`: the bytes that X is in base64url, and no word more; the connection stays. */
  raw: (request, _response, url) => {
    request.socket.write(Buffer.from(url.pathname.split("/")[2] ?? "", "base64url"));
  },

  /**
   * `/files/…`: what is in the container's /srv; of a folder, its index. As simple servers do, it says
   * when a file was changed, and not how long it is fresh.
   */
  files: async (_request, response, url) => {
    const file = path.join("/srv", url.pathname.replace("/files", ""));
    for (const suffix of ["", "index.html", "index.json"]) {
      const content = await readFile(path.join(file, suffix)).catch(() => undefined);
      if (content === undefined) continue;
      const { mtime } = await stat(path.join(file, suffix));
      response.setHeader("Last-Modified", mtime.toUTCString());
      const type = suffix.endsWith("html") ? "text/html" : "application/json";
      response.writeHead(200, suffix ? { "Content-Type": type } : {}).end(content);
      return;
    }
    response.writeHead(404).end();
  },

  /** `/head/N`: an answer with a field of so many bytes. */
  head: (_request, response, url) => {
    response.setHeader("X-Long", "x".repeat(Number(url.pathname.split("/")[2]))).end();
  },

  /** `/deaf?ms=M`: takes nothing of the body, and sends a line each so often. */
  deaf: (_request, response, url) => {
    const timer = setInterval(() => response.write("x\n"), Number(url.searchParams.get("ms")));
    response.once("close", () => clearInterval(timer));
  },

  /** `/hang`: never an answer. */
  hang: () => {},
};

function addHeaders(response: ServerResponse, url: URL) {
  for (const header of url.searchParams.getAll("header")) {
    const [name = "", ...value] = header.split(":");
    response.appendHeader(name, value.join(":"));
  }
}

const echo: Behaviour = async (request, response) => {
  const { method = "", url = "", rawHeaders: headers } = request;
  const body = await text(request);
  if (body !== "") {
    log({ event: "body", port: request.socket.localPort ?? 0, body });
  }
  const answer: Echo = { method, url, headers, body };
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
};

/** Opens a web socket, whatever the path, and sends it "hello": a frame of text, not masked. */
function greet({ headers }: IncomingMessage, socket: Duplex) {
  const key = `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash("sha1").update(key).digest("base64");
  const upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  socket.write(`HTTP/1.1 101 Switching\r\n${upgrade}Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.write("\x81\x05hello", "latin1");
}

function log(event: OriginEvent) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function listen(port: number): Promise<void> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url = "", rawHeaders: headers } = request;
    log({ event: "request", port, tls: "encrypted" in request.socket, method, url, headers });
    // A path like "//x" is not one of an URL of its own.
    const parsed = new URL(`http://origin${url.startsWith("/") ? url : "/"}`);
    const behaviour = BEHAVIOURS[parsed.pathname.split("/")[1] ?? ""] ?? echo;
    Promise.resolve(behaviour(request, response, parsed)).catch(() => response.destroy());
  };
  const malformed = (error: Error & { rawPacket?: Buffer }, socket: { destroy(): void }) => {
    if (error.rawPacket) {
      log({ event: "malformed", port, bytes: error.rawPacket.toString("latin1") });
    }
    socket.destroy();
  };

  // Idle connections stay: how long a tunnel lives is for client and proxy to say.
  const http = createHttpServer({ keepAliveTimeout: 0 }, answer)
    .on("clientError", malformed)
    .on("upgrade", greet);
  const key = readFileSync("/etc/lab/key.pem");
  const cert = readFileSync("/etc/lab/certificate.pem");
  const https = createHttpsServer({ key, cert, keepAliveTimeout: 0 }, answer)
    .on("clientError", malformed)
    .on("upgrade", greet)
    .on("secureConnection", ({ servername }) => {
      log({ event: "tls", port, serverName: servername || null });
    });

  const accept = (socket: Socket) => {
    log({ event: "connection", port, from: socket.remoteAddress?.replace("::ffff:", "") ?? "" });
    socket.on("error", () => socket.destroy());
    socket.once("data", (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      if (first[0] === TLS_HANDSHAKE) {
        // Takes what was put back by itself, and loses it if the socket flows.
        https.emit("connection", socket);
      } else {
        http.emit("connection", socket);
        socket.resume();
      }
    });
  };
  return new Promise((resolve) => {
    createTcpServer(accept).listen(port, resolve);
  });
}

// Whoever reads the log sees by this that what was before is in it.
process.on("SIGUSR2", () => log({ event: "mark" }));

// A container's first process gets no signal that it does not ask for.
process.on("SIGTERM", () => process.exit());

void Promise.all(process.argv.slice(2).map(Number).map(listen)).then(() => {
  log({ event: "listening" });
});
