import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";

/**
 * Holds the lock of a state, as somebody's Terraform does that waits for an answer.
 *
 * @param directory where Terraform has been initialised, with something to apply.
 * @returns what ends it, and so releases the lock.
 */
export async function holdLock(
  directory: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<() => Promise<void>> {
  const holder = spawn("terraform", ["apply", "-no-color"], {
    cwd: directory,
    // jest hands a program its own copy of the environment only when told to.
    env: { ...process.env, ...variables },
  });
  const closed = once(holder, "close");
  await printed(holder, "Enter a value:");
  return async () => {
    holder.stdin.end("no\n");
    await closed;
  };
}

/** Waits until the program has printed the text; fails if it ends before. */
export function printed(program: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (data: Buffer) => {
      output += data.toString();
      if (output.includes(text)) resolve();
    };
    program.stdout.on("data", read);
    program.stderr.on("data", read);
    program.on("close", () => reject(new Error(`It ended without "${text}":\n${output}`)));
  });
}
