import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../common/user-error";
import { STACK_ID } from "../../fleet/names";

/** An app beside the fleet's, with one stack: in one app, `cdktf deploy` would ask which stack is meant. */
export interface StackApp {
  /** The project's root. */
  readonly root: string;
  /** The file that synthesises the stack, seen from the root. */
  readonly main: string;
  readonly stackId: string;
}

/** The command that synthesises it. */
export function appCommand(main: string): string {
  return `node --require sucrase/register/ts ${main}`;
}

/**
 * The folder that an app writes to. The fleet's is cdktf's own; one beside it has a folder of its own in
 * there, as cdktf removes from an app's folder the stacks that the app does not have.
 */
export function outputDirectory(root: string, stackId: string): string {
  return path.join(root, "cdktf.out", ...(stackId === STACK_ID ? [] : [stackId]));
}

/** The folder of a synthesised stack, in which Terraform runs. */
export function stackDirectory(root: string, stackId: string): string {
  return path.join(outputDirectory(root, stackId), "stacks", stackId);
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
  run(app, root, {});
}

/** The same of an app beside the fleet's. */
export function synthesiseBeside({ root, main, stackId }: StackApp): void {
  const output = outputDirectory(root, stackId);
  mkdirSync(output, { recursive: true });
  run(appCommand(main), root, { CDKTF_OUTDIR: output });
}

function run(app: string, root: string, variables: Readonly<Record<string, string>>): void {
  const { status, stderr } = spawnSync(app, {
    cwd: root,
    env: { ...process.env, ...variables },
    shell: true,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) throw new UserError(stderr.trim());
}
