import type { LoadEvent, LoadOptions } from "./load-protocol";
import { commandOf, Program } from "./program";

/** A load generator at work in a client's container. */
export class RunningLoad {
  /** What it has reported so far. */
  readonly events: LoadEvent[] = [];
  private readonly program: Program;

  private constructor(container: string, options: LoadOptions) {
    const command = commandOf("load", JSON.stringify(options));
    this.program = new Program(["exec", "--interactive", container, ...command]);
    this.program.lines.on("line", (line) => this.events.push(JSON.parse(line) as LoadEvent));
  }

  /**
   * Starts a load, and waits for its first answer.
   *
   * @param container the client's.
   * @throws Error where a tunnel cannot be opened: then there is nothing to measure.
   */
  static async start(container: string, options: LoadOptions): Promise<RunningLoad> {
    const load = new RunningLoad(container, options);
    // The first request starts when all tunnels are open.
    while (load.events.every(({ event }) => event !== "request")) await load.program.nextLine();
    return load;
  }

  /** Starts no more requests, and waits for the answers to those that are under way. */
  end(): Promise<void> {
    return this.program.end();
  }
}
