import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";

/** An app beside the fleet's, with one stack: in one app, `cdktf deploy` would ask which stack is meant. */
export interface StackApp {
  /** The project's root. */
  readonly root: string;
  /** The file that synthesises the stack, seen from the root. */
  readonly main: string;
  readonly stackId: string;
}

/**
 * Runs cdktf on an app beside the fleet's, in this terminal. It writes to a folder of its own in
 * cdktf.out: cdktf removes from an app's folder the stacks that the app does not have.
 *
 * @param args the command, such as `deploy`, and its options.
 * @param variables added to the environment; an undefined one is removed from it.
 * @returns its exit code.
 */
export function runCdktf(
  { root, main, stackId }: StackApp,
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): number {
  // Ctrl-C reaches cdktf, too, which lets Terraform end in its own way; this waits for both.
  process.on("SIGINT", () => undefined);
  const app = `node --require sucrase/register/ts ${main}`;
  const output = path.join("cdktf.out", stackId);
  mkdirSync(path.join(root, output), { recursive: true });
  const { status } = spawnSync(
    process.execPath,
    [require.resolve("cdktf-cli/bundle/bin/cdktf"), ...args, "--app", app, "--output", output],
    { cwd: root, env: { ...process.env, ...variables }, stdio: "inherit" },
  );
  return status ?? 1;
}
