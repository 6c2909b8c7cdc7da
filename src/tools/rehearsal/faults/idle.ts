/**
 * Opens so many tunnels through the proxy that the environment names, and sends nothing more through
 * them: `idle <number>`. Says when they are open, and keeps them until its input ends.
 */
import { once } from "node:events";
import { SITE } from "../compose";
import { openTunnel, type Tunnel } from "./proxy-client";

const AT_A_TIME = 20;
const HOST = `www.${SITE}`;

const wanted = Number(process.argv[2]);
const proxy = new URL(process.env["http_proxy"]!);

async function main(): Promise<void> {
  const end = once(process.stdin.resume(), "end");
  const tunnels: Tunnel[] = [];
  while (tunnels.length < wanted) {
    const some = Array.from({ length: AT_A_TIME }, () => openTunnel(proxy, HOST));
    tunnels.push(...(await Promise.all(some)));
  }
  process.stdout.write(`${tunnels.length}\n`);
  await end;
  tunnels.forEach(({ socket }) => socket.destroy());
}

void main();
