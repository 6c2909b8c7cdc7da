import { connect, type Socket } from "node:net";
import { PROXY_PORT } from "../../../src/fleet/squid/squid-container";
import { proxyHeader } from "../proxy-header";

/** What an attack knows of the lab. */
export interface Target {
  /** The proxy's address. */
  readonly proxy: string;
  /** What the load balancer would say of the attacker; without it there is none in between. */
  readonly from?: { readonly address: string; readonly endpoint: string };
  /** A name of the hostile web server, to which further labels may be put in front. */
  readonly server: string;
  /** A name of the ordinary web server. */
  readonly origin: string;
}

/** Where the attacker takes its orders. */
export const CONTROL_PORT = 4_000;

export interface Order {
  /** A key of `ATTACKS`, or of `HOLDINGS`. */
  readonly attack: string;
  /** @default - those of the attack */
  readonly connections?: number;
  readonly target: Target;
}

type Bytes = string | Buffer;

/** Many connections that do the same. */
export interface Flood {
  /** How many connections are made altogether. */
  readonly connections: number;
  readonly perSecond: number;
  /** What a connection says: each entry after the first once something has come back. */
  readonly says: (target: Target, count: number) => readonly Bytes[];
  /** Whether it reads what comes back to all that it has said. @default true */
  readonly reads?: boolean;
  /** Whether it stays once it has got its answers, rather than close. @default true */
  readonly stays?: boolean;
  /** Resets each connection so long after it has said all. @default - none */
  readonly resetsAfterMs?: number;
  /** Sent again and again, each second. */
  readonly drips?: Bytes;
}

/** What became of the connections of a flood. */
export interface Tally {
  made: number;
  /** Something came back. */
  answered: number;
  /** Ended by the proxy. */
  ended: number;
}

/** Makes the connections, at their rate, and keeps those that stay until the signal. */
export async function flood(spec: Flood, target: Target, end: AbortSignal): Promise<Tally> {
  const tally: Tally = { made: 0, answered: 0, ended: 0 };
  const sockets = new Set<Socket>();
  const begin = Date.now();
  await new Promise<void>((resolve) => {
    const tick = () => {
      if (end.aborted) {
        clearInterval(timer);
        sockets.forEach((socket) => socket.destroy());
        resolve();
        return;
      }
      const due = ((Date.now() - begin) / 1_000) * spec.perSecond + 1;
      for (; tally.made < Math.min(due, spec.connections); tally.made++) {
        const socket = talk(spec, target, tally);
        sockets.add(socket.once("close", () => sockets.delete(socket)));
      }
    };
    const timer = setInterval(tick, 100);
    tick();
  });
  return tally;
}

function talk(spec: Flood, target: Target, tally: Tally): Socket {
  const words = [...spec.says(target, tally.made)];
  const socket = connect(PROXY_PORT, target.proxy);
  let answered = false;
  const sayNext = () => {
    const next = words.shift();
    if (next !== undefined) socket.write(bytes(next));
    if (words.length === 0 && spec.reads === false) socket.pause();
    if (words.length === 0 && spec.resetsAfterMs !== undefined) {
      setTimeout(() => socket.resetAndDestroy(), spec.resetsAfterMs);
    }
    return next !== undefined;
  };
  if (target.from) {
    const port = 1_024 + (tally.made % 60_000);
    socket.write(proxyHeader({ ...target.from, port }));
  }
  socket.on("error", () => socket.destroy());
  socket.on("data", () => {
    if (!answered) tally.answered++;
    answered = true;
    if (!sayNext() && spec.stays === false) socket.destroy();
  });
  socket.once("end", () => tally.ended++);
  if (spec.drips !== undefined) {
    const drip = setInterval(() => socket.writable && socket.write(bytes(spec.drips!)), 1_000);
    socket.once("close", () => clearInterval(drip));
  }
  sayNext();
  return socket;
}

function bytes(value: Bytes): Buffer {
  return typeof value === "string" ? Buffer.from(value, "latin1") : value;
}
