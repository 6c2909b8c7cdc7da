import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { APP, CHECKOUT, configure, copyCheckout, writeRuleSet } from "./helpers/checkout";

const PARTS = ["main.ts", "package.json", "src", "squid", "client"];

const checkouts: string[] = [];

/** A path with Node on it and no other tool: no Terraform, no Docker. */
const nodeOnly = mkdtempSync(path.join(tmpdir(), "node-only-"));
symlinkSync(process.execPath, path.join(nodeOnly, "node"));

/** A copy of what synthesis needs, in a folder whose name has a blank and other traps. */
function checkout(name = "a checkout"): string {
  const parent = mkdtempSync(path.join(tmpdir(), "proxy-fleet-"));
  checkouts.push(parent);
  const root = path.join(parent, name);
  copyCheckout(root, PARTS);
  return root;
}

/** Runs the app by the command in cdktf.json, as `cdktf synth` does. */
function synthesise(root: string, variables: Record<string, string> = {}) {
  return spawnSync(APP, {
    cwd: root,
    env: { PATH: nodeOnly, ...variables },
    encoding: "utf8",
    shell: true,
  });
}

/** Every file of the output with its content. */
function output(root: string): Record<string, string> {
  const out = path.join(root, "cdktf.out");
  const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(path.join(out, file)).isFile(),
  );
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(path.join(out, file), "utf8")]),
  );
}

afterAll(() => [...checkouts, nodeOnly].forEach((folder) => rmSync(folder, { recursive: true })));

test("synthesis needs no account, no bucket and no tool, and two checkouts give the same bytes", () => {
  const [one, other] = [checkout(), checkout("elsewhere/and deeper")];
  for (const root of [one, other]) {
    const { status, stderr } = synthesise(root);
    expect([status, stderr]).toEqual([0, ""]);
  }
  const files = output(one);
  expect(files).toEqual(output(other));
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([
      "stacks/proxy-fleet/cdk.tf.json",
      expect.stringMatching(
        /^stacks\/proxy-fleet\/assets\/squid_context\/[0-9a-f]{16}\/Dockerfile$/,
      ),
      expect.stringMatching(
        /^stacks\/proxy-fleet\/assets\/client_client_instance_userdata\/\w+\/userdata\.sh$/,
      ),
      expect.stringMatching(
        /^stacks\/proxy-fleet\/assets\/client_client_instance_use_proxy\/\w+\/use-proxy\.sh$/,
      ),
    ]),
  );
  for (const text of Object.values(files)) {
    expect(text).not.toContain(path.dirname(one));
    expect(text).not.toContain(CHECKOUT);
  }
});

test("the settings of cdktf.json and the state of the environment reach the stack", () => {
  const root = checkout();
  configure(root, { name: "web" });
  synthesise(root, { STATE_BUCKET: "some-bucket", TF_WORKSPACE: "us-west-2" });
  const json = JSON.parse(output(root)["stacks/proxy-fleet/cdk.tf.json"]!);
  expect(json.resource.aws_lb.nlb.name).toBe("web-nlb");
  expect(json.terraform.backend.s3.bucket).toBe("some-bucket");
  expect(json.provider.aws[0].region).toBe("${terraform.workspace}");
});

describe("a mistake", () => {
  test("of any kind is in one message, with exit code 1, no stack trace, and no output", () => {
    const root = checkout();
    configure(root, { nme: "web", service: { cpu: 300 } });
    const { status, stderr } = synthesise(root, { STATE_BUCKET: "X" });
    expect(status).toBe(1);
    expect(stderr).toBe(
      [
        "The configuration has mistakes:",
        "  cdktf.json, context: proxy-fleet.service.cpu: 300 is not allowed. Allowed: 256, 512, 1024, 2048, 4096, 8192 or 16384.",
        '  cdktf.json, context: proxy-fleet: "nme" is not a setting. Did you mean "name"?',
        '  environment variable STATE_BUCKET: "X" is not allowed. Allowed: an S3 bucket name: 3 to 63 lower-case letters, digits and hyphens, a letter or digit at both ends.',
        "docs/settings.md lists all settings and variables.",
        "",
      ].join("\n"),
    );
    expect(existsSync(path.join(root, "cdktf.out"))).toBe(false);
  });

  test("in the rules stops synthesis before anything is written", () => {
    const root = checkout();
    synthesise(root);
    const before = output(root);
    writeRuleSet(root, "default", { denied: "a.com\n*.b.com\n" });
    const { status, stderr } = synthesise(root);
    expect(status).toBe(1);
    expect(stderr).toBe(
      [
        "The configuration has mistakes:",
        '  rules/default/denied-domains.txt:2: "*.b.com" has a wildcard. A leading dot stands for a domain with its subdomains: ".example.com". Write ".b.com".',
        "docs/settings.md lists all settings and variables.",
        "",
      ].join("\n"),
    );
    expect(output(root)).toEqual(before);
  });

  test("leaves the last good output as it was", () => {
    const root = checkout();
    synthesise(root);
    const before = output(root);
    expect(synthesise(root, { TF_WORKSPACE: "eu-west-1" }).status).toBe(1);
    expect(output(root)).toEqual(before);
  });

  test("in the file's JSON is named with its place", () => {
    const root = checkout();
    writeFileSync(path.join(root, "cdktf.json"), "{ not JSON");
    const { status, stderr } = synthesise(root);
    expect(status).toBe(1);
    expect(stderr).toBe(
      "cdktf.json is no JSON:\n  cdktf.json:1:3: this is no JSON. Text stands in double quotes.\n",
    );
  });
});
