import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { UserError } from "../../common/user-error";
import { docker } from "./docker";

/** The containers and networks that Compose makes of a file, known to the engine by their project. */
export class ComposeProject {
  /** Where the file is, and what the containers mount. */
  public readonly directory: string;

  /**
   * @param name what Compose calls the project.
   * @param parent the folder for the folders of all projects; it goes with the last of them.
   */
  constructor(
    public readonly name: string,
    private readonly parent: string,
  ) {
    this.directory = path.join(parent, name);
  }

  /** Writes the Compose file, and the files that are mounted, by name. */
  async write(compose: object, files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.directory, name);
      await writeFile(file, content);
      // Whoever reads it in a container is another user.
      await chmod(file, 0o644);
    }
    // To Compose a dollar sign is the beginning of a variable.
    await writeFile(this.file, JSON.stringify(compose, null, 2).replaceAll("$", "$$$$"));
  }

  /** Starts what is not running, and replaces what has changed unless the arguments say otherwise. */
  async up(...args: readonly string[]): Promise<void> {
    await docker(
      ...["compose", "--project-name", this.name, "--file", this.file, "--progress", "quiet"],
      ...["up", "--detach", ...args],
    );
  }

  /** Ends and removes everything, in whatever state it is. */
  async down(): Promise<void> {
    const paused = await this.containers("--filter", "status=paused");
    if (paused.length > 0) await docker("unpause", ...paused);
    await docker(
      ...["compose", "--project-name", this.name, "down"],
      ...["--volumes", "--remove-orphans", "--timeout", "0"],
    );
    await rm(this.directory, { recursive: true, force: true });
    await rmdir(this.parent).catch(() => {});
  }

  /** The ids of the containers, of one service or with other filters of `docker container ls`. */
  async containers(...filters: readonly string[]): Promise<string[]> {
    const project = `label=com.docker.compose.project=${this.name}`;
    const ids = await docker(
      ...["container", "ls", "--all", "--quiet", "--no-trunc", "--filter", project, ...filters],
    );
    return ids.split("\n").filter((id) => id !== "");
  }

  /** The filter for one service. */
  static service(service: string): string[] {
    return ["--filter", `label=com.docker.compose.service=${service}`];
  }

  /** What a service's containers have written, a line each with the container's name in front. */
  async *logs(service: string, ...options: readonly string[]): AsyncGenerator<string> {
    const compose = ["compose", "--ansi", "never", "--project-name", this.name];
    const args = [...compose, "logs", "--no-color", ...options, service];
    const child = spawn("docker", args, { stdio: ["ignore", "pipe", "inherit"] });
    const closed = once(child, "close");
    yield* createInterface(child.stdout);
    const [status] = (await closed) as [number | null];
    if (status !== 0) throw new UserError("docker compose logs has ended before its time.");
  }

  private get file() {
    return path.join(this.directory, "compose.json");
  }
}
