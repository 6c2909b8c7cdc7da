/**
 * The hostile web server, for any name, on ports 80 and 443: its answers are bytes that no honest
 * server sends. On port 443 it reads nothing of what comes, and sends a byte from time to time.
 */
import { createServer, type Socket } from "node:net";
import { FORGED_LINE, SECRET } from "./forged";

const lines = (...all: readonly string[]) => [...all, "", ""].join("\r\n");

interface Behaviour {
  readonly answer: string;
  /** Whether it goes on reading. @default true */
  readonly reads?: boolean;
  /** Sent again and again behind the answer. */
  readonly drips?: string;
}

/** With these, an answer's head is as long as it may be. */
const FIELDS = Array.from({ length: 97 }, (_, index) => `f${index}: ${"x".repeat(150)}`);

const tiny = (count: number) => Array<string>(count).fill("b:");

/**
 * By the first part of the path. Besides them, `/raw/…` and `/kept/…` are answered with the bytes of
 * the rest of the path, in base64url; the first ends there.
 */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  // The last byte is missing, so that the answer stays in flight.
  "big-head": { answer: lines("HTTP/1.1 200 OK", "Content-Length: 2", ...tiny(15_000)) + "x" },
  head: { answer: lines("HTTP/1.1 200 OK", "Content-Length: 2", ...tiny(3_700)) + "x" },
  trailers: {
    answer:
      lines("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + `0\r\n${lines(...tiny(15_000))}`,
  },
  tokens: {
    answer: lines(
      ...["HTTP/1.1 200 OK", "Content-Length: 0", `Connection: ${"a,".repeat(15_000)}a`],
      ...tiny(7_500),
    ),
  },
  unended: { answer: lines("HTTP/1.1 200 OK", "Content-Length: 2", ...FIELDS) + "x" },
  silent: { answer: "" },
  deaf: { answer: "", reads: false },
  unfinished: {
    answer:
      lines("HTTP/1.1 200 OK", "Cache-Control: max-age=3600", "Content-Length: 500000") +
      "x".repeat(499_990),
  },
  forging: {
    answer: lines(
      ...["HTTP/1.1 200 OK", `Set-Cookie: ${SECRET}`, `X: y\n${FORGED_LINE}\nX: \0`],
      "Content-Length: 0",
    ),
  },
  keep: { answer: lines("HTTP/1.1 200 OK", "Content-Length: 1") + "x" },
  endless: {
    answer: lines("HTTP/1.1 200 OK", "Content-Length: 8000000", ...FIELDS) + "x".repeat(4_000_000),
  },
  interim: {
    answer: "",
    drips: lines("HTTP/1.1 103 Early Hints", "Link: </x>; rel=preload").repeat(100),
  },
};

function answer(socket: Socket): void {
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    const [, behaviour = "", path = ""] =
      /^\w+ \/([\w-]+)(?:\/(\S*))?/.exec(data.toString("latin1")) ?? [];
    const raw = ["raw", "kept"].includes(behaviour) && Buffer.from(path, "base64url");
    const { answer, drips, reads } = BEHAVIOURS[behaviour] ?? { answer: "" };
    if (reads === false) socket.pause();
    socket.write(raw || Buffer.from(answer, "latin1"));
    if (behaviour === "raw") socket.end();
    if (drips !== undefined) {
      const timer = setInterval(() => socket.writableLength < 100_000 && socket.write(drips), 50);
      socket.once("close", () => clearInterval(timer));
    }
  });
}

function swallow(socket: Socket): void {
  socket.on("error", () => socket.destroy());
  socket.pause();
  const timer = setInterval(() => socket.write("x"), 500);
  socket.once("close", () => clearInterval(timer));
}

// A container's first process gets no signal that it does not ask for.
process.on("SIGTERM", () => process.exit());

createServer(answer).listen(80, () => {
  createServer(swallow).listen(443, () => process.stdout.write('{"event":"listening"}\n'));
});
