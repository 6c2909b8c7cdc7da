import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CHECKOUT, copyRules } from "./checkout";

/** Far longer than any command takes; a hidden prompt would wait for ever. */
const HANG_MS = 60_000;

/** What a program has printed, and its exit code. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A checkout of its own, in which the project's own scripts run, with an app that needs no
 * provider: the backend, the region guard, and what a test adds.
 */
export class Project {
  private readonly app: string;
  readonly root = mkdtempSync(path.join(tmpdir(), "proxy-fleet-"));

  /** @param settings the fleet's settings; the image is from elsewhere, as nothing builds one here. */
  constructor(settings: object = {}) {
    const app = path.join("__tests__", "tools", "plan-review", "example-app.ts");
    for (const part of ["src", "package.json", app]) {
      cpSync(path.join(CHECKOUT, part), path.join(this.root, part), { recursive: true });
    }
    copyRules(this.root);
    symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(this.root, "node_modules"));
    this.app = `node --require sucrase/register/ts ${app}`;
    this.configure({ "proxy-fleet": { image: { uri: "registry.example/squid:1" }, ...settings } });
  }

  /** Writes cdktf.json anew, with another context. */
  configure(context: object = {}): void {
    this.write("cdktf.json", {
      language: "typescript",
      app: this.app,
      sendCrashReports: "false",
      context,
    });
  }

  /** Writes a JSON file into it. */
  write(file: string, content: object): void {
    const target = path.join(this.root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, JSON.stringify(content));
  }

  /** What the stack has besides, each part under its path. */
  override(overrides: Readonly<Record<string, unknown>>): void {
    this.write("overrides.json", overrides);
  }

  /** Runs one of the project's scripts, as a user or a workflow does. */
  npm(
    script: string,
    args: readonly string[] = [],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Run> {
    return run("npm", ["run", "--silent", script, "--", ...args], this.root, variables);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>>,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const program = spawn(command, args, {
      cwd,
      // jest hands a program its own copy of the environment only when told to.
      env: { ...process.env, ...variables },
      timeout: HANG_MS,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    program.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    program.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    program.on("error", reject);
    program.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}
