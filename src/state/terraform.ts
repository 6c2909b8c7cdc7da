import { spawnSync } from "node:child_process";
import { UserError } from "../user-error";

/** The program, under the variable that cdktf reads for it too. */
const BINARY = process.env["TERRAFORM_BINARY_NAME"] || "terraform";

/** The oldest Terraform with both lock objects in S3 and ephemeral resources. */
export const MINIMUM_TERRAFORM_VERSION = "1.10.0";

/** A Terraform command that failed, with what it said. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
}

/**
 * Runs Terraform without a terminal, so that it can never wait for an answer.
 *
 * @param variables added to the environment; an undefined one is removed from it.
 * @param output whether what it prints is returned, or shown as it comes, and nothing returned.
 * @throws UserError when Terraform is not installed.
 * @throws TerraformError when it fails.
 */
export function terraform(
  args: readonly string[],
  directory: string,
  variables: Readonly<Record<string, string | undefined>> = {},
  output: "returned" | "shown" = "returned",
): string {
  const { error, status, stdout, stderr } = spawnSync(BINARY, args, {
    cwd: directory,
    env: { ...process.env, ...variables },
    encoding: "utf8",
    // A plan of a thousand resources has more than Node's default.
    maxBuffer: Infinity,
    stdio: ["ignore", output === "shown" ? "inherit" : "pipe", "pipe"],
  });
  if (error) {
    throw new UserError(
      `${BINARY} cannot be run (${error.message}). Install Terraform ${MINIMUM_TERRAFORM_VERSION} or later: ` +
        "https://developer.hashicorp.com/terraform/install",
    );
  }
  if (status !== 0) throw new TerraformError(stderr.trim() || `${BINARY} failed without a word`);
  return stdout ?? "";
}

/** @throws UserError when Terraform is missing or too old for this project. */
export function requireTerraform(directory: string): void {
  const version = versionOf(terraform(["version", "-json"], directory));
  if (version.localeCompare(MINIMUM_TERRAFORM_VERSION, "en", { numeric: true }) < 0) {
    throw new UserError(
      `Terraform ${version} is too old; this project needs ${MINIMUM_TERRAFORM_VERSION} or later: ` +
        "https://developer.hashicorp.com/terraform/install",
    );
  }
}

function versionOf(json: string): string {
  try {
    return (JSON.parse(json) as { terraform_version: string }).terraform_version;
  } catch {
    throw new UserError(`${BINARY} is not Terraform: it does not say its version`);
  }
}
