import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Runs the Docker client and returns what it prints. Where it fails, the error carries its exit
 * status as `code`. Images are built by the engine's own builder, which is there without a plugin.
 */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await runDocker(args)).stdout.trim();
}

function runDocker(args: readonly string[]) {
  return run("docker", args, {
    env: { ...process.env, DOCKER_BUILDKIT: "0" },
    // The logs of thousands of requests.
    maxBuffer: 256 * 1024 * 1024,
  });
}

/** What a container has written so far. */
export async function logsOf(container: string): Promise<{ stdout: string; stderr: string }> {
  return await runDocker(["logs", container]);
}

/** What a suite creates in the engine, so that it can be removed whatever became of the tests. */
export class Sandbox {
  private readonly removals: (readonly string[])[] = [];

  /** Creates a network that leads nowhere else. */
  async network(...options: readonly string[]): Promise<string> {
    const name = `proxy-fleet-test-${randomUUID()}`;
    const id = await docker("network", "create", "--internal", ...options, name);
    this.removals.push(["network", "rm", id]);
    return id;
  }

  /** Builds an image that nobody else uses, and returns its id. */
  async image(context: string): Promise<string> {
    const name = `proxy-fleet-test:${randomUUID()}`;
    const id = await docker("build", "--quiet", "--force-rm", "--tag", name, context);
    this.removals.push(["rmi", name]);
    return id;
  }

  /** Creates a container, and leaves it to the caller to start it. */
  async container(...args: readonly string[]): Promise<string> {
    const id = await docker("create", ...args);
    this.removals.push(["rm", "--force", "--volumes", id]);
    return id;
  }

  /** Removes everything, what was created last first; what fails does not keep the rest. */
  async remove(): Promise<void> {
    const failures: unknown[] = [];
    for (const removal of this.removals.splice(0).reverse()) {
      await docker(...removal).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.join("\n"));
    }
  }
}

/** The address of a running container in one of its networks, both given by id. */
export function addressOf(container: string, network: string): Promise<string> {
  const address = `{{if eq .NetworkID "${network}"}}{{.IPAddress}}{{end}}`;
  const format = `{{range .NetworkSettings.Networks}}${address}{{end}}`;
  return docker("inspect", "--format", format, container);
}

/**
 * Freezes a container. On a busy machine, a kernel with version 1 of control groups may fail to.
 * Source: https://github.com/opencontainers/runc/pull/2791, "still a game of chances"
 */
export function pause(container: string): Promise<void> {
  return eventually(() => docker("pause", container));
}

/** Tries until it works, for so many seconds; then the last failure is the result. */
export async function eventually(attempt: () => Promise<unknown>, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await sleep(200);
  }
}
