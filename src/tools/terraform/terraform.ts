import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { UserError } from "../../common/user-error";
import { MINIMUM_TERRAFORM_VERSION } from "../../fleet/stack/backend";

/** The program, under the variable that cdktf reads for it too. */
const BINARY = process.env["TERRAFORM_BINARY_NAME"] || "terraform";

/** Added to the environment; an undefined one is removed from it. */
type Variables = Readonly<Record<string, string | undefined>>;

/** A Terraform command that failed, with what it said. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
}

/**
 * Runs Terraform without a terminal, so that it can never wait for an answer.
 *
 * @param variables added to the environment; an undefined one is removed from it.
 * @throws UserError when Terraform is not installed.
 * @throws TerraformError when it fails.
 */
export function terraform(
  args: readonly string[],
  directory: string,
  variables: Variables = {},
): string {
  const { error, status, stdout, stderr } = spawnSync(BINARY, args, {
    cwd: directory,
    env: { ...process.env, ...variables },
    encoding: "utf8",
    // A plan of a thousand resources has more than Node's default.
    maxBuffer: Infinity,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (error) throw missing(error);
  if (status !== 0) throw failed(stderr);
  return stdout;
}

/**
 * Runs a Terraform command that holds a lock, and so must not be killed: an interruption is handed
 * on, and Terraform ends in its own way, which keeps the state whole and releases the lock.
 *
 * @param output whether what it prints is shown as it comes. Errors are thrown, not shown.
 * @throws UserError when Terraform is not installed.
 * @throws TerraformError when it fails, or has been interrupted.
 */
export async function terraformWithLock(
  args: readonly string[],
  directory: string,
  variables: Variables,
  output: "hidden" | "shown",
): Promise<void> {
  const program = spawn(BINARY, args, {
    cwd: directory,
    env: { ...process.env, ...variables },
    // In a group of its own, a terminal's Ctrl-C reaches it once, through us, and not twice, which
    // would be Terraform's sign to drop everything.
    detached: true,
    stdio: ["ignore", output === "shown" ? "inherit" : "ignore", "pipe"],
  });
  let stderr = "";
  program.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  let interrupted = false;
  const onInterrupt = () => {
    interrupted = true;
    program.kill("SIGINT");
  };
  // A runner of GitHub sends the one and, seconds later, the other: to Terraform they would be two.
  const onTerminate = () => {
    if (!interrupted) onInterrupt();
  };
  process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate);
  try {
    const [status] = (await once(program, "close")) as [number | null];
    if (interrupted) throw failed(`${stderr}\nTerraform has been interrupted.`);
    if (status !== 0) throw failed(stderr);
  } catch (error) {
    throw error instanceof TerraformError ? error : missing(error as Error);
  } finally {
    process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate);
  }
}

function missing(error: Error): UserError {
  return new UserError(
    `${BINARY} cannot be run (${error.message}). Install Terraform ${MINIMUM_TERRAFORM_VERSION} or later: ` +
      "https://developer.hashicorp.com/terraform/install",
  );
}

function failed(stderr: string): TerraformError {
  return new TerraformError(plain(stderr) || `${BINARY} failed without a word`);
}

/** Terraform's message without colours and the frames around its parts. */
function plain(message: string): string {
  return stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => !/^[╷╵]\s*$/.test(line))
    .map((line) => line.replace(/^│ ?/, ""))
    .join("\n")
    .trim();
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
