import { execFile, spawn, spawnSync, type ExecFileException } from "node:child_process";
import { promisify } from "node:util";
import { requireDocker } from "../../common/docker-engine";
import { UserError } from "../../common/user-error";

/** The version from which `docker compose` has all that is used here, with `--progress` the latest. */
const MINIMUM_COMPOSE = { major: 2, minor: 19 };

/** How much is told of what a command said that failed. */
const LAST_LINES = 20;

/** Compose files of the user's are no part of this. */
const ENVIRONMENT = { ...process.env, COMPOSE_FILE: undefined };

/**
 * Runs the Docker client and returns what it prints.
 *
 * @throws UserError with what it said, where it fails: mostly the engine's state or its reach.
 */
export async function docker(...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("docker", args, {
      env: ENVIRONMENT,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as ExecFileException;
    // What fails inside a build is on stdout, with one of the two builders.
    const words = [stdout.trim().split("\n").slice(-LAST_LINES).join("\n"), stderr.trim()];
    throw new UserError(`docker ${args[0]}: ${words.join("\n").trim() || message}`);
  }
}

/** What a program in a container answered. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the Docker client with an input, whatever its exit status. */
export async function runDocker(args: readonly string[], input: string): Promise<Outcome> {
  const child = spawn("docker", args);
  const outcome = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => (outcome[stream] += text));
  }
  // A program that ends early does not take the rest of its input.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const status = await new Promise<number>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  });
  return { status, ...outcome };
}

/** @throws UserError where no Docker engine answers, or its client has no Compose. */
export function requireCompose(): void {
  requireDocker("A rehearsal needs Docker.");
  const compose = spawnSync("docker", ["compose", "version", "--short"], { encoding: "utf8" });
  const version = compose.stdout?.trim().replace(/^v/, "") ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const { major: leastMajor, minor: leastMinor } = MINIMUM_COMPOSE;
  if (compose.status !== 0 || major < leastMajor || (major === leastMajor && minor < leastMinor)) {
    throw new UserError(
      `A rehearsal needs Docker Compose ${leastMajor}.${leastMinor} or later, as "docker compose", and ` +
        `${compose.status === 0 ? `this is ${version}` : "it is not installed"}: ` +
        "https://docs.docker.com/compose/install/linux/",
    );
  }
}
