import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { CHECKOUT } from "./checkout";
import { docker, type Sandbox } from "./docker";

const run = promisify(execFile);

const FOLDER = path.join(CHECKOUT, "__tests__/client/machine");
const SCRIPT = "/project/client/use-proxy.sh";

/** The suites of Debian's that a machine can be had of. */
export const SUITES = ["bookworm", "trixie"] as const;
export type Suite = (typeof SUITES)[number];

/** All that is on a machine: names, modes, owners, and what is in the files. */
const TREE = `
  folders=(/etc /opt /root /usr/local /var/lib)
  find "\${folders[@]}" -printf '%y %m %u:%g %p %l\\n' | sort
  find "\${folders[@]}" -type f -exec sha256sum {} + | sort
`;

/** A text as one word of a shell's. */
export const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine that somebody points at the proxy. */
export class Machine {
  private constructor(readonly container: string) {}

  /** Starts one; `network` as for `docker run`. */
  static async start(sandbox: Sandbox, suite: Suite, network: string): Promise<Machine> {
    await run(path.join(CHECKOUT, ".ci/base-image"), [suite]);
    const build = ["--quiet", "--force-rm", "--build-arg", `BASE=debian:${suite}-slim`];
    const image = await docker("build", ...build, "--tag", `proxy-fleet-machine:${suite}`, FOLDER);
    const options = ["--network", network, "--volume", `${CHECKOUT}:/project:ro`];
    const container = await sandbox.container(...options, image, "sleep", "infinity");
    await docker("start", container);
    return new Machine(container);
  }

  async bash(script: string, ...options: readonly string[]): Promise<Ran> {
    const args = ["exec", ...options, this.container, "timeout", "90", "bash", "-c", script];
    return run("docker", args).then(
      ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
      ({ code, stdout, stderr }: Omit<Ran, "status"> & { readonly code: number }) => {
        return { status: code, stdout, stderr };
      },
    );
  }

  useProxy(...args: readonly string[]): Promise<Ran> {
    return this.bash(["bash", SCRIPT, ...args.map(quoted)].join(" "));
  }

  async tree(): Promise<string> {
    return (await this.bash(TREE)).stdout;
  }

  async write(file: string, text: string): Promise<void> {
    const { status, stderr } = await this.bash(
      `mkdir --parents ${path.dirname(file)} && printf %s ${quoted(text)} >${file}`,
    );
    assert.equal(status, 0, stderr);
  }

  async read(file: string): Promise<string> {
    return (await this.bash(`cat ${file}`)).stdout;
  }
}
