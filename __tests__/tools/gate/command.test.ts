import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RULE_NAMES } from "../../../src/configuration/gate-rule-names";
import { CHECKOUT, copyRules } from "../../helpers/checkout";
import { EXISTING_CLIENT, SERVICE_NAME } from "../../helpers/consumer";

const RUN = ["--require", "sucrase/register/ts"];

// Programs that load the whole project, two for a test.
jest.setTimeout(60_000);

let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "policy-"));
  for (const part of ["main.ts", "cdktf.json", "package.json", "src", "squid", "client"]) {
    cpSync(path.join(CHECKOUT, part), path.join(root, part), { recursive: true });
  }
  copyRules(root);
  symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(root, "node_modules"));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Runs a program of the checkout with no tool but Node, on the settings. */
function run(command: string, context: object) {
  const config = JSON.parse(readFileSync(path.join(CHECKOUT, "cdktf.json"), "utf8"));
  writeFileSync(path.join(root, "cdktf.json"), JSON.stringify({ ...config, context }));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...RUN, `src/tools/commands/${command}.ts`],
    {
      cwd: root,
      env: { PATH: path.dirname(process.execPath), TF_WORKSPACE: "us-east-1" },
      encoding: "utf8",
    },
  );
  return { status, stdout, stderr };
}

const policy = (settings: object) => run("policy", { "proxy-fleet": settings });

describe("npm run policy", () => {
  test("passes the fleet with one line", () => {
    expect(policy({ account: "standard" })).toEqual({
      status: 0,
      stdout: `${RULE_NAMES.length} rules: 0 violations, 0 waivers, 0 stale waivers.\n`,
      stderr: "",
    });
  });

  const open = {
    loadBalancer: { ingressCidrs: ["8.0.0.0/8"] },
    policy: { waivers: [] as object[] },
  };
  const resource = "aws_vpc_security_group_ingress_rule.nlb_sg_from_8_0_0_0_8";

  test("names what is broken, and fails", () => {
    const { status, stdout } = policy(open);
    expect(status).toBe(1);
    expect(stdout.split("\n")).toEqual([
      `no-open-ingress  ${resource}  cidr_ipv4 admits 8.0.0.0/8`,
      expect.stringMatching(/^ {2}A proxy that anyone can reach /),
      `${RULE_NAMES.length} rules: 1 violation, 0 waivers, 0 stale waivers.`,
      "",
    ]);
  });

  test("lists a waiver with its reason, and passes", () => {
    const message = "cidr_ipv4 admits 8.0.0.0/8";
    const waivers = [
      { rule: "no-open-ingress", resource, message, reason: "All of it is our own" },
    ];
    expect(policy({ ...open, policy: { waivers } })).toEqual({
      status: 0,
      stdout: `waived: no-open-ingress  ${resource}  ${message}\n  All of it is our own\n${RULE_NAMES.length} rules: 0 violations, 1 waiver, 0 stale waivers.\n`,
      stderr: "",
    });
  });

  test("fails for a waiver of what is not broken", () => {
    const message = "http_tokens is not set";
    const waivers = [
      { rule: "imdsv2", resource: "aws_lb.nlb", message, reason: "It is no instance" },
    ];
    const { status, stdout } = policy({ policy: { waivers } });
    expect(status).toBe(1);
    expect(stdout).toContain(
      `imdsv2  aws_lb.nlb  is waived, and the rule does not say there: ${message}\n`,
    );
  });
});

describe("npm run client:policy", () => {
  const policy = (client: object) => {
    const clients = [{ ...EXISTING_CLIENT, ...client }];
    return run("client-policy", { "proxy-client": { serviceName: SERVICE_NAME, clients } });
  };

  test("passes a consumer's stack with one line", () => {
    expect(policy({})).toEqual({
      status: 0,
      stdout: `${RULE_NAMES.length} rules: 0 violations, 0 waivers, 0 stale waivers.\n`,
      stderr: "",
    });
  });

  test("names what is broken in it, and fails", () => {
    const { status, stdout } = policy({ allowedCidrs: ["8.0.0.0/8"] });
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^no-open-ingress {2}aws_vpc_security_group_ingress_rule\.\S+ {2}cidr_ipv4 admits 8\.0\.0\.0\/8$/m,
    );
  });

  test("wants a consumer's settings", () => {
    const { status, stderr } = run("client-policy", {});
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining("context: proxy-client is missing."),
    });
  });
});
