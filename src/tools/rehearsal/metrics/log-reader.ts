import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Proxy } from "../service";

/** A line of the proxies' log, as CloudWatch Logs has it. */
export interface LogEvent {
  /** The log stream: a task's. */
  readonly stream: string;
  /** When it came, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/** Reads the logs of all proxies that it is told of, to their end. */
export class LogReader {
  readonly events: LogEvent[] = [];
  private readonly readers = new Map<string, ChildProcess>();

  /** @param since from when on, in milliseconds since 1970. */
  follow(proxies: readonly Pick<Proxy, "container" | "name">[], since: number): void {
    for (const { container, name } of proxies) {
      if (!this.readers.has(container))
        this.readers.set(container, this.read(container, name, since));
    }
  }

  close(): void {
    for (const reader of this.readers.values()) reader.kill();
  }

  private read(container: string, stream: string, since: number): ChildProcess {
    const options = ["--follow", "--timestamps", "--since", new Date(since).toISOString()];
    const reader = spawn("docker", ["logs", ...options, container], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const output of [reader.stdout, reader.stderr]) {
      createInterface(output).on("line", (line) => {
        const [time = "", message = ""] = split(line);
        this.events.push({ stream, timestamp: Date.parse(time), message });
      });
    }
    return reader;
  }
}

/** The time that Docker writes in front, and the line. */
function split(line: string): [string, string] {
  const space = line.indexOf(" ");
  return [line.slice(0, space), line.slice(space + 1)];
}
