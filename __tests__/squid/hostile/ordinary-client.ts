import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

/** A request that a client made, and what became of it. */
export interface Exchange {
  /** What its line in the log is known by, where it has one of its own and is in there by now. */
  readonly mark?: string;
  readonly begin: number;
  readonly durationMs: number;
  /** Why it failed. */
  readonly failure?: string;
}

/** The web server answers in JSON, in chunks or not. */
const BODY_END = /\}(\r\n0\r\n\r\n)?$/;

const PATIENCE_MS = 10_000;
const REQUESTS_PER_SECOND = 6;
/** Each has a new tunnel, for TLS. */
const TUNNELS_PER_SECOND = 2;
const STANDING_TUNNELS = 3;

/** Of all ordinary clients, so that no two lines in a log are alike. */
let count = 0;

/**
 * Goes on with its work beside an attack: requests on new connections, new tunnels, and tunnels that
 * stay open. Each answer must be that of its own request.
 */
export class OrdinaryClient {
  readonly exchanges: Exchange[] = [];
  private readonly ending = new AbortController();
  private readonly tasks: Promise<unknown>[] = [];
  private readonly sockets = new Set<Socket>();

  /** Connects to its proxy, and asks for names of the web server: labels in front of that one. */
  constructor(
    private readonly connectToProxy: () => Socket,
    private readonly origin: string,
  ) {}

  start(): void {
    this.every(1_000 / REQUESTS_PER_SECOND, () => this.record(() => this.request()));
    this.every(1_000 / TUNNELS_PER_SECOND, () => this.record(() => this.tunnel()));
    for (let index = 0; index < STANDING_TUNNELS; index++) this.tasks.push(this.standing());
  }

  async end(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.tasks);
    this.sockets.forEach((socket) => socket.destroy());
  }

  private every(ms: number, task: () => Promise<unknown>): void {
    const begin = async () => {
      const running: Promise<unknown>[] = [];
      while (!this.ending.signal.aborted) {
        running.push(task());
        await sleep(ms);
      }
      await Promise.all(running);
    };
    this.tasks.push(begin());
  }

  private async record(exchange: () => Promise<string | undefined>) {
    const begin = Date.now();
    let failure: string | undefined;
    let mark: string | undefined;
    try {
      mark = await exchange();
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    this.exchanges.push({
      begin,
      durationMs: Date.now() - begin,
      ...(mark !== undefined && { mark }),
      ...(failure !== undefined && { failure }),
    });
  }

  private async request(): Promise<string> {
    const mark = `/ordinary/${++count}`;
    const socket = await this.connect();
    socket.write(`GET http://${this.origin}${mark} HTTP/1.1\r\n\r\n`);
    requireEcho(await this.until(socket, BODY_END), mark);
    socket.destroy();
    return mark;
  }

  private async tunnel(): Promise<string> {
    const { mark, tls } = await this.open();
    await this.ask(tls, mark);
    tls.destroy();
    return mark;
  }

  /** A tunnel that is used until it fails, and then another one. */
  private async standing(): Promise<void> {
    let tunnel: { mark: string; tls: Socket } | undefined;
    const use = async () => {
      tunnel ??= await this.open();
      const { mark, tls } = tunnel;
      await this.ask(tls, mark).catch((error: unknown) => {
        tunnel = undefined;
        throw error;
      });
      return undefined;
    };
    while (!this.ending.signal.aborted) {
      await this.record(use);
      await sleep(500);
    }
  }

  private async open() {
    const mark = `ordinary${++count}.${this.origin}`;
    const socket = await this.connect();
    socket.write(`CONNECT ${mark}:443 HTTP/1.1\r\n\r\n`);
    const answer = await this.until(socket, /\r\n\r\n/);
    if (!answer.startsWith("HTTP/1.1 200 ")) throw new Error(answer.split("\r\n")[0]);
    const tls = this.hold(connectTls({ socket, servername: mark, rejectUnauthorized: false }));
    return { mark, tls };
  }

  /** The tunnel's own line comes when it ends. */
  private async ask(tls: Socket, mark: string): Promise<undefined> {
    tls.write(`GET /${mark} HTTP/1.1\r\nHost: any\r\n\r\n`);
    requireEcho(await this.until(tls, BODY_END), `/${mark}`);
  }

  private async connect(): Promise<Socket> {
    const socket = this.hold(this.connectToProxy());
    await once(socket, "connect", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return socket;
  }

  private hold<Kind extends Socket>(socket: Kind): Kind {
    this.sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.sockets.delete(socket));
    return socket;
  }

  /** What comes back until it looks complete. */
  private until(socket: Socket, complete: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      let received = "";
      const settle = (error?: Error) => {
        clearTimeout(timer);
        socket.off("data", receive).off("close", close);
        if (error) {
          socket.destroy();
          reject(error);
        } else {
          resolve(received);
        }
      };
      const close = () => settle(new Error(`closed after "${received.slice(0, 40)}"`));
      const receive = (data: Buffer) => {
        received += data.toString("latin1");
        if (complete.test(received)) settle();
      };
      const timer = setTimeout(() => settle(new Error("no answer")), PATIENCE_MS);
      if (socket.destroyed) close();
      socket.on("data", receive).once("close", close);
    });
  }
}

/** The web server repeats the request in its answer. */
function requireEcho(answer: string, url: string): void {
  if (!answer.includes(`"url":"${url}"`)) {
    throw new Error(`another answer: ${answer.slice(0, 200)}`);
  }
}
