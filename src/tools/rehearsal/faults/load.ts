/**
 * A steady load for a proxy, as the client's environment names it: `load <options as JSON>`, see
 * {@link LoadOptions}. Requests start at their times whatever became of those before. Reports in
 * lines of JSON, and ends when its input does.
 */
import { once } from "node:events";
import type { LoadEvent, LoadOptions } from "./load-protocol";
import {
  endOf,
  get,
  noAnswer,
  openTunnel,
  PATIENCE_SECONDS,
  requestFor,
  type RequestFailure,
  type Tunnel,
} from "./proxy-client";

const { domain, requestsPerSecond, tunnels, path } = JSON.parse(process.argv[2]!) as LoadOptions;
const proxy = new URL(process.env["http_proxy"]!);

/** Makes names that no load before has asked for. */
const run = Date.now().toString(36);

const unanswered = new Set<Promise<void>>();
const kept: Tunnel[] = [];
let ending = false;

function report(event: LoadEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** Half of the names are new to the proxies, so that DNS has a part in the load. */
function hostOf(request: number): string {
  return request % 4 < 2 ? `www.${domain}` : `${run}-${request}.${domain}`;
}

async function ask(request: number): Promise<void> {
  const host = hostOf(request);
  const start = Date.now();
  const tls = request % 2 === 1;
  const attempt = tls
    ? openTunnel(proxy, host).then(({ socket }) => void socket.destroy())
    : get(proxy, host, path);
  const failure = await attempt.then(
    () => null,
    ({ message }: RequestFailure) => message,
  );
  const url = tls ? `https://${host}/` : `http://${host}/`;
  report({ event: "request", url, start, end: Date.now(), failure });
}

async function keep(id: number): Promise<void> {
  const host = `tunnel-${id}.${domain}`;
  const tunnel = await openTunnel(proxy, host);
  const { socket, through } = tunnel;
  kept.push(tunnel);
  report({ event: "opened", tunnel: id, at: Date.now(), through });

  let waitingSince: number | undefined;
  socket.on("data", () => (waitingSince = undefined));
  const beat = setInterval(() => {
    if (waitingSince === undefined) {
      socket.write(requestFor(host));
      waitingSince = Date.now();
    } else if (Date.now() - waitingSince > PATIENCE_SECONDS * 1_000) {
      socket.destroy(noAnswer());
    }
  }, 1_000);
  socket.once("close", () => {
    clearInterval(beat);
    if (!ending)
      report({ event: "cut", tunnel: id, at: Date.now(), reason: endOf(socket).message });
  });
}

async function main(): Promise<void> {
  const end = once(process.stdin.resume(), "end");
  await Promise.all(Array.from({ length: tunnels }, (_, id) => keep(id)));
  let request = 0;
  const start = setInterval(() => {
    const asked = ask(request++).finally(() => unanswered.delete(asked));
    unanswered.add(asked);
  }, 1_000 / requestsPerSecond);
  await end;
  clearInterval(start);
  ending = true;
  kept.forEach(({ socket }) => socket.destroy());
  await Promise.all(unanswered);
}

void main();
