/**
 * A client of the rehearsal, in its container: `client <behaviour as JSON>`, see {@link Behaviour}. What
 * becomes of a request is for the proxies' log to say. Ends when its input does.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { SITE } from "../../src/tools/rehearsal/compose";
import { get, openTunnel } from "../../src/tools/rehearsal/faults/proxy-client";
import type { Behaviour } from "./scenario";

/** How long it waits before it opens a tunnel again that was refused, or has ended. */
const AGAIN_SECONDS = 60;

/** Of tunnels that are to be kept, from one to the next at the start. */
const APART_MS = 100;

const { pages, visits, tunnels } = JSON.parse(process.argv[2]!) as Behaviour;
const proxy = new URL(process.env["http_proxy"]!);

function again(seconds: number, ask: () => Promise<unknown>): void {
  setInterval(() => void ask().catch(() => {}), seconds * 1_000);
}

async function keep(id: number): Promise<void> {
  await sleep(id * APART_MS);
  for (;;) {
    const tunnel = await openTunnel(proxy, `www.${SITE}`).catch(() => undefined);
    if (tunnel !== undefined) await new Promise((resolve) => tunnel.socket.once("close", resolve));
    await sleep(AGAIN_SECONDS * 1_000);
  }
}

for (const [page, seconds] of Object.entries(pages)) {
  const slash = page.indexOf("/");
  again(seconds, () => get(proxy, page.slice(0, slash), page.slice(slash)));
}
for (const [host, seconds] of Object.entries(visits)) {
  again(seconds, async () => (await openTunnel(proxy, host)).socket.destroy());
}
for (let id = 0; id < tunnels; id++) void keep(id);

process.stdin.resume().once("end", () => process.exit());
