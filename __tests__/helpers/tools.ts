import { spawnSync } from "node:child_process";

/** A program that a suite needs besides Node, and the arguments with which it answers if it works. */
interface Tool {
  readonly name: string;
  readonly probe: readonly [string, ...string[]];
}

export const TERRAFORM: Tool = { name: "Terraform", probe: ["terraform", "version"] };
export const MOTO: Tool = {
  name: "moto_server (pip install 'moto[s3,ssm,sts,server]')",
  probe: ["moto_server", "--help"],
};
export const CHECKOV: Tool = {
  name: "checkov (pip install checkov)",
  probe: ["checkov", "--version"],
};
export const DOCKER: Tool = { name: "a Docker engine", probe: ["docker", "info"] };
export const MAWK: Tool = { name: "mawk", probe: ["mawk", "-W", "version"] };
export const SHELLCHECK: Tool = { name: "ShellCheck", probe: ["shellcheck", "--version"] };
export const ACTIONLINT: Tool = { name: "actionlint", probe: ["actionlint", "-version"] };
export const ZIZMOR: Tool = { name: "zizmor (pip install zizmor)", probe: ["zizmor", "--version"] };
export const COMPOSE: Tool = { name: "Docker Compose", probe: ["docker", "compose", "version"] };

/**
 * `describe` for a suite that needs tools. Where one is missing the suite is skipped and one line
 * says so; in CI (`CI=true`) it fails instead, so that a green run has run everything.
 */
export function describeWith(tools: readonly Tool[], name: string, suite: () => void): void {
  const missing = tools.filter(({ probe: [command, ...args] }) => {
    return spawnSync(command, args, { stdio: "ignore" }).status !== 0;
  });
  if (missing.length === 0) {
    describe(name, suite);
    return;
  }
  const message = `${name}: ${missing.map((tool) => tool.name).join(" and ")} not found here`;
  if (process.env["CI"] === "true") {
    describe(name, () => {
      test("its tools are installed", () => {
        throw new Error(message);
      });
    });
    return;
  }
  process.stderr.write(`SKIPPED ${message}\n`);
  describe.skip(name, suite);
}
