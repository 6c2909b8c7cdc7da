import { spawnSync } from "node:child_process";
import { UserError } from "./user-error";

/** Why no Docker engine can be used here, and how one can be; nothing if one answers. */
export function dockerFailure(): string | undefined {
  const format = "{{.Server.Version}}";
  const { status, error, stderr } = spawnSync("docker", ["version", "--format", format], {
    encoding: "utf8",
  });
  if (status === 0) return undefined;
  if (error !== undefined) {
    return `Docker cannot be run (${error.message}). Install it: https://docs.docker.com/get-started/get-docker/`;
  }
  const [line = ""] = stderr.trim().split("\n");
  const said = line.replace(/: Get ".*/, "");
  return /permission denied/i.test(said)
    ? `This user may not use the Docker engine (${said}). Join the group of its socket, mostly "docker", and ` +
        "log in again: https://docs.docker.com/engine/install/linux-postinstall/"
    : `No Docker engine answers (${said}). Start it.`;
}

/**
 * @param purpose what Docker is for here, a sentence.
 * @throws UserError where no Docker engine answers.
 */
export function requireDocker(purpose: string): void {
  const failure = dockerFailure();
  if (failure !== undefined) throw new UserError(`${purpose} ${failure}`);
}
