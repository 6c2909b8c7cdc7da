import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { CHECKOUT, configure, copyCheckout } from "../../helpers/checkout";
import { describeWith, DOCKER, TERRAFORM } from "../../helpers/tools";

/** Without what lets root pass over permissions. */
const [asUser, ...asUserArgs] =
  process.getuid?.() === 0
    ? (["setpriv", "--bounding-set=-dac_override,-dac_read_search", "npm"] as const)
    : (["npm"] as const);

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "fresh-machine-"));
});

afterEach(() => {
  chmodSync(root, 0o755);
  rmSync(root, { recursive: true });
});

function npm(command: string, variables: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(
    asUser,
    [...asUserArgs, "run", "--silent", ...command.split(" ")],
    {
      cwd: root,
      env: { ...process.env, STATE_BUCKET: "", TF_WORKSPACE: "us-east-1", ...variables },
      encoding: "utf8",
    },
  );
  return { status, stdout, stderr };
}

describe("before any command", () => {
  const json = JSON.parse(readFileSync(path.join(CHECKOUT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    engines: { node: string };
  };

  beforeEach(() => copyCheckout(root, ["package.json", "src"]));

  test("packages that are not installed are said to be", () => {
    unlinkSync(path.join(root, "node_modules"));
    const { status, stderr } = npm("validate");
    expect(status).toBe(1);
    expect(stderr).toBe(
      "Not installed as package.json says: the project's packages. Type: npm ci\n",
    );
  });

  test("so is one that has another version since", () => {
    const dependencies = { ...json.dependencies, zod: "0.0.0" };
    writeFileSync(path.join(root, "package.json"), JSON.stringify({ ...json, dependencies }));
    expect(npm("validate").stderr).toBe("Not installed as package.json says: zod. Type: npm ci\n");
  });

  test("a Node that is too old is told", () => {
    const engines = { node: ">=999" };
    writeFileSync(path.join(root, "package.json"), JSON.stringify({ ...json, engines }));
    const { status, stderr } = npm("validate");
    expect(status).toBe(1);
    expect(stderr).toBe(
      `This is Node ${process.versions.node}, and the project needs >=999: https://nodejs.org/en/download\n`,
    );
  });
});

describe("without a terminal", () => {
  beforeEach(() => copyCheckout(root, ["main.ts", "package.json", "src", "squid", "client"]));

  test("synth is one line", () => {
    expect(npm("synth")).toEqual({
      status: 0,
      stdout: "cdktf.out/stacks/proxy-fleet/cdk.tf.json is written.\n",
      stderr: "",
    });
    expect(existsSync(path.join(root, "cdktf.out/stacks/proxy-fleet/cdk.tf.json"))).toBe(true);
  });

  test("validate says what it has found", () => {
    configure(root, { account: "standard", name: "web", clients: [] });
    const variables = { TF_WORKSPACE: "", STATE_BUCKET: "some-bucket" };
    expect(npm("validate", variables).stdout).toBe(
      [
        "The configuration is right:",
        "  fleet    web, in any of 17 regions, in an ordinary account",
        "  image    built here",
        "  clients  none",
        "  rules    default",
        "  state    in the bucket some-bucket",
        "",
      ].join("\n"),
    );
  });
});

describeWith([TERRAFORM], "a checkout that cannot be written", () => {
  test.each(["synth", "policy", "plan", "workspace", "deploy", "destroy", "connect", "check"])(
    "ends %s with one sentence",
    (command) => {
      copyCheckout(root, ["main.ts", "package.json", "src", "squid", "client"]);
      configure(root, { image: { uri: "registry.example/squid:1" } });
      chmodSync(root, 0o555);
      const { status, stdout, stderr } = npm(command);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(
        /^\S*cdktf\.out\S* cannot be used \(EACCES, mkdir\): this user has no permission\. The checkout, and all in it, must belong to whoever works there\.\n$/,
      );
    },
    60_000,
  );
});

describeWith([TERRAFORM, DOCKER], "a Docker engine that one may not use", () => {
  test.each(["plan", "deploy", "destroy", "apply", "rehearse up"])(
    "ends %s with what to do",
    async (command) => {
      copyCheckout(root, ["main.ts", "package.json", "src", "squid", "client"]);
      const socket = path.join(root, "docker.sock");
      const server = createServer().listen(socket);
      await new Promise((resolve) => server.once("listening", resolve));
      chmodSync(socket, 0o000);
      const { status, stderr } = npm(command, { DOCKER_HOST: `unix://${socket}` });
      server.close();
      expect(status).toBe(1);
      expect(stderr).toContain(`This user may not use the Docker engine (permission denied`);
      expect(stderr).toContain(`${socket}). Join the group of its socket`);
      expect(stderr).not.toMatch(/^ +at /m);
    },
    60_000,
  );
});
