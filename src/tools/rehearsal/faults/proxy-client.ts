import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import { connect as connectTls, type TLSSocket } from "node:tls";

/** How long a client waits for an answer before it gives up; programs commonly take 10 to 60. */
export const PATIENCE_SECONDS = 10;

/** Why a request was not answered as it should be, in a few words. */
export class RequestFailure extends Error {
  override readonly name = "RequestFailure";
}

/** A connection through a proxy, with TLS inside. */
export interface Tunnel {
  readonly socket: TLSSocket;
  /** The proxy's address, as the web site sees it. */
  readonly through: string;
}

/**
 * Asks for a page by plain HTTP, on a new connection to the proxy.
 *
 * @throws RequestFailure
 */
export async function get(proxy: URL, host: string, path: string): Promise<void> {
  const signal = patience();
  const asked = ask(proxy, "GET", `http://${host}${path}`, signal);
  const answer = await outcome(asked, "response");
  requireOk(answer);
  await finished(answer.resume()).catch((error: Error) => {
    throw reason(error);
  });
}

/**
 * Opens a tunnel on a new connection to the proxy, and sends a first request through it.
 *
 * @throws RequestFailure
 */
export async function openTunnel(proxy: URL, host: string): Promise<Tunnel> {
  const signal = patience();
  const answer = await outcome(ask(proxy, "CONNECT", `${host}:443`, signal), "connect");
  requireOk(answer);
  const socket = connectTls({ socket: answer.socket, servername: host });
  // An error ends the socket, and whoever asks then for the reason finds it there.
  socket.on("error", () => {});
  const giveUp = () => socket.destroy(noAnswer());
  signal.addEventListener("abort", giveUp);
  try {
    return { socket, through: await firstAnswer(socket, host) };
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** A small request; the site's answer to it is the address of whoever asks. */
export function requestFor(host: string): string {
  return `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}

/** What to tell of a tunnel that was not answered in time. */
export function noAnswer(): RequestFailure {
  return new RequestFailure(`no answer for ${PATIENCE_SECONDS} s`);
}

/** Why a socket that is closed was closed. */
export function endOf({ errored }: TLSSocket): RequestFailure {
  return errored ? reason(errored) : new RequestFailure("closed by the other side");
}

function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE_SECONDS * 1_000);
}

function ask(proxy: URL, method: string, path: string, signal: AbortSignal): ClientRequest {
  const { hostname: host, port } = proxy;
  return request({ host, port, method, path, agent: false, signal }).end();
}

function outcome(asked: ClientRequest, event: "response" | "connect"): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once(event, resolve).on("error", (error) => reject(reason(error)));
  });
}

function requireOk(answer: IncomingMessage): void {
  if (answer.statusCode === 200) return;
  answer.socket.destroy();
  // "ERR_DNS_FAIL 0": Squid's name for the error, and the system's number.
  const [name = ""] = String(answer.headers["x-squid-error"] ?? "").split(" ");
  throw new RequestFailure(`status ${answer.statusCode} ${name}`.trim());
}

/** Sends a request, and returns the body of the answer. */
function firstAnswer(socket: TLSSocket, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const receive = (data: Buffer) => {
      answer += data.toString("latin1");
      const [, body] = /\r\n\r\n(\S+)\n$/.exec(answer) ?? [];
      if (body === undefined) return;
      socket.off("data", receive);
      resolve(body);
    };
    socket.on("data", receive);
    socket.once("close", () => reject(endOf(socket)));
    socket.once("secureConnect", () => socket.write(requestFor(host)));
  });
}

function reason(error: NodeJS.ErrnoException): RequestFailure {
  if (error instanceof RequestFailure) return error;
  return error.code === "ABORT_ERR" ? noAnswer() : new RequestFailure(error.code ?? error.message);
}
