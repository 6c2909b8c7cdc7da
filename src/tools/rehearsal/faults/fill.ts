/**
 * Opens tunnels through one proxy until it takes no more, each with as many bytes under way in both
 * directions as find room: `fill <address>`. Runs where the load balancer is, because a proxy takes
 * PROXY protocol headers from there only. Says how many there are, and keeps them until its input
 * ends.
 */
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { PROXY_PORT } from "../../../fleet/squid/squid-container";
import { SITE } from "../compose";
import { PATIENCE_SECONDS, requestFor } from "./proxy-client";

/** Signature, and a header of version 2 that says: from 198.51.100.7:40000 to 10.0.0.1:3128. */
const PROXY_HEADER = Buffer.from(
  "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x07\x0a\0\0\x01\x9c\x40\x0c\x38",
  "latin1",
);

const AT_A_TIME = 50;
const HOST = `www.${SITE}`;

const [address = ""] = process.argv.slice(2);

/** Resolves to nothing where the proxy does not answer. */
async function open(): Promise<TLSSocket | undefined> {
  const socket = connectTcp(PROXY_PORT, address);
  socket.on("error", () => {});
  socket.write(PROXY_HEADER);
  socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}:443\r\n\r\n`);
  const answered = await answer(socket);
  if (!answered) {
    socket.destroy();
    return undefined;
  }
  const tunnel = connectTls({ socket, servername: HOST });
  tunnel.on("error", () => {});
  return tunnel;
}

async function answer(socket: Socket): Promise<boolean> {
  const signal = AbortSignal.timeout(PATIENCE_SECONDS * 1_000);
  return once(socket, "data", { signal }).then(
    ([data]) => String(data).includes(" 200 "),
    () => false,
  );
}

/** Asks for a long download and reads none of it, and sends until nobody takes more. */
function block(tunnel: TLSSocket): void {
  tunnel.once("secureConnect", () => {
    tunnel.pause();
    tunnel.write(requestFor(HOST).replace("/", "/64M"));
    tunnel.write(requestFor(HOST).repeat(5_000));
  });
}

async function main(): Promise<void> {
  const end = once(process.stdin.resume(), "end");
  const tunnels: TLSSocket[] = [];
  for (;;) {
    const attempts = await Promise.all(Array.from({ length: AT_A_TIME }, open));
    const opened = attempts.filter((tunnel) => tunnel !== undefined);
    opened.forEach(block);
    tunnels.push(...opened);
    if (opened.length < AT_A_TIME) break;
  }
  process.stdout.write(`${tunnels.length}\n`);
  await end;
  tunnels.forEach((tunnel) => tunnel.destroy());
}

void main();
