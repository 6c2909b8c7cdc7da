import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CHECKOUT, copyRules } from "../../helpers/checkout";
import { describeWith, TERRAFORM } from "../../helpers/tools";

const REGION = "us-east-1";
const DEPLOY_AND_DESTROY =
  "TF_WORKSPACE=us-east-1 npm run deploy && TF_WORKSPACE=us-east-1 npm run destroy";

jest.setTimeout(60_000);

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "destroy-"));
  for (const part of ["src", "squid", "client"]) {
    cpSync(path.join(CHECKOUT, part), path.join(root, part), { recursive: true });
  }
  copyRules(root);
  symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(root, "node_modules"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** What comes before the work of `npm run deploy` or `destroy`, with an image that needs no Docker. */
function prepare(script: "deploy" | "destroy", settings: object) {
  const image = { uri: "registry.example/squid:1" };
  const context = { "proxy-fleet": { image, ...settings } };
  writeFileSync(path.join(root, "cdktf.json"), JSON.stringify({ context }));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "sucrase/register/ts", "src/tools/commands/workspace.ts", script],
    {
      cwd: root,
      env: { PATH: process.env["PATH"], CHECKPOINT_DISABLE: "1", TF_WORKSPACE: REGION },
      encoding: "utf8",
    },
  );
  return { status, stdout, stderr };
}

/** A local state with the resources, as a deployment in the region leaves it. */
function deployed(resources: Readonly<Record<string, object>>): void {
  const directory = path.join(root, "terraform.tfstate.d", "proxy", REGION);
  mkdirSync(directory, { recursive: true });
  const state = {
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "00000000-0000-0000-0000-000000000000",
    outputs: {},
    resources: Object.entries(resources).map(([type, attributes]) => ({
      mode: "managed",
      type,
      name: "one",
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ schema_version: 0, attributes }],
    })),
  };
  writeFileSync(path.join(directory, "terraform.tfstate"), JSON.stringify(state));
}

test.each([{ account: "standard" }, { deletionProtection: "on" }])(
  "a destroy is refused while the guard is on, before anything is read: %j",
  (settings) => {
    expect(prepare("destroy", settings)).toEqual({
      status: 1,
      stdout: "",
      stderr:
        'deletionProtection is "on", so the fleet of us-east-1 is not destroyed. To destroy it all the same, ' +
        `set "deletionProtection": "off" in cdktf.json and type: ${DEPLOY_AND_DESTROY}\n`,
    });
  },
);

describeWith([TERRAFORM], "with the guard off", () => {
  const ready = {
    status: 0,
    stdout:
      "Workspace us-east-1 of the fleet proxy is ready. Its state is in the local folder terraform.tfstate.d.\n",
    stderr: "",
  };

  test("a destroy of nothing is refused: the state may be elsewhere, and the fleet still there", () => {
    expect(prepare("destroy", {})).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "There is nothing to destroy. There is no fleet proxy of us-east-1 in the local folder terraform.tfstate.d. " +
        "If its state is in a bucket, set STATE_BUCKET and STATE_REGION as they were at its deployment.\n",
    });
    expect(existsSync(path.join(root, "terraform.tfstate.d"))).toBe(false);
  });

  test("a destroy goes on where nothing of the fleet is protected", () => {
    deployed({
      aws_lb: { enable_deletion_protection: false },
      aws_ecr_repository: { force_delete: true },
      aws_cloudwatch_log_group: { deletion_protection_enabled: false },
      aws_vpc_endpoint_service: {},
    });
    expect(prepare("destroy", { account: "standard", deletionProtection: "off" })).toEqual(ready);
  });

  test("a destroy is refused while AWS would stop it half-way", () => {
    deployed({
      aws_lb: { enable_deletion_protection: true },
      aws_ecr_repository: { force_delete: false },
      aws_cloudwatch_log_group: { deletion_protection_enabled: false },
    });
    expect(prepare("destroy", {})).toEqual({
      status: 1,
      stdout: "",
      stderr:
        'deletionProtection is "off", but not yet deployed to us-east-1, where AWS still protects ' +
        `aws_ecr_repository.one, aws_lb.one. Type: ${DEPLOY_AND_DESTROY}\n`,
    });
  });

  test("a deployment goes on, with the guard on as well", () => {
    expect(prepare("deploy", { account: "standard" })).toEqual(ready);
  });
});
