import { spawnSync } from "node:child_process";

/** Why no Docker engine answers, or nothing if one does. */
export function dockerFailure(): string | undefined {
  const format = "{{.Server.Version}}";
  const { status, error, stderr } = spawnSync("docker", ["version", "--format", format], {
    encoding: "utf8",
  });
  return status === 0 ? undefined : (error?.message ?? stderr).trim();
}
