import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { appCommand, outputDirectory, type StackApp } from "./synthesis";

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
  const output = path.relative(root, outputDirectory(root, stackId));
  mkdirSync(path.join(root, output), { recursive: true });
  const { status } = spawnSync(
    process.execPath,
    [
      require.resolve("cdktf-cli/bundle/bin/cdktf"),
      ...args,
      "--app",
      appCommand(main),
      "--output",
      output,
    ],
    { cwd: root, env: { ...process.env, ...variables }, stdio: "inherit" },
  );
  return status ?? 1;
}
