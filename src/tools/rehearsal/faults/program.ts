import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";

/** Where a client's container has the checkout. */
const DIRECTORY = "/project/src/tools/rehearsal/faults";

/**
 * A command line for one of this folder's programs, with the environment of a login shell, so that
 * it finds the proxy as everything on the client does.
 */
export function commandOf(program: string, argument: string): string[] {
  const node = "node --use-openssl-ca --require /project/node_modules/sucrase/register/ts";
  return ["bash", "-lc", `exec ${node} ${DIRECTORY}/${program}.ts "$1"`, program, argument];
}

/** A program in a container that writes lines of text, and ends when its input does. */
export class Program {
  readonly lines: Interface;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly closed: Promise<unknown>;
  private words = "";

  /** @param args for the Docker client: `exec` or `run`, with `--interactive`. */
  constructor(args: readonly string[]) {
    this.child = spawn("docker", args);
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => (this.words += text));
    // One that has ended takes no input.
    this.child.stdin.on("error", () => {});
    this.lines = createInterface(this.child.stdout);
    this.closed = once(this.child, "close");
  }

  /** @throws Error where the program ends first. */
  async nextLine(): Promise<string> {
    const line = once(this.lines, "line") as Promise<[string]>;
    const [text] = await Promise.race([line, this.untimelyEnd()]);
    return text;
  }

  /** Ends the input, and waits for the program's end. */
  async end(): Promise<void> {
    this.child.stdin.end();
    await this.closed;
    if (this.child.exitCode !== 0) await this.untimelyEnd();
  }

  private async untimelyEnd(): Promise<never> {
    await this.closed;
    throw new Error(`ended with status ${this.child.exitCode}: ${this.words}`);
  }
}
