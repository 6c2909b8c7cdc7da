import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../common/user-error";

/** The folder of a synthesised stack, in which Terraform runs. */
export function stackDirectory(root: string, stackId: string): string {
  return path.join(root, "cdktf.out", "stacks", stackId);
}

/**
 * Runs the app as `cdktf synth` does, without what that asks of the network and shows meanwhile.
 *
 * @param root the folder with cdktf.json, which says how to run the app.
 * @throws UserError with what the app says when it fails.
 */
export function synthesise(root: string): void {
  const { app } = JSON.parse(readFileSync(path.join(root, "cdktf.json"), "utf8")) as {
    app: string;
  };
  const { status, stderr } = spawnSync(app, {
    cwd: root,
    env: { ...process.env },
    shell: true,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) throw new UserError(stderr.trim());
}
