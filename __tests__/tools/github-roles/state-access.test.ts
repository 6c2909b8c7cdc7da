import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  DeleteBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { STACK_ID } from "../../../src/fleet/names";
import { deployPolicy, planPolicy, statePolicy } from "../../../src/tools/github-roles/policies";
import { createStateBucket } from "../../../src/tools/terraform/bucket";
import { prepareWorkspace } from "../../../src/tools/terraform/workspace";
import { startMoto, type Moto } from "../../helpers/moto";
import { describeWith, MOTO, TERRAFORM } from "../../helpers/tools";
import { ACCOUNT_ID } from "./simulate";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const REGION = "us-east-1";
const BUCKET = "example-state";
const STATE_OBJECT = `proxy-fleet/proxy/${REGION}/terraform.tfstate`;

const PROPS = { name: "proxy", accountId: ACCOUNT_ID, bucket: BUCKET, regions: [REGION] };

/** The policies of whoever comes with an access key. */
const POLICIES = {
  PLAN: [statePolicy(PROPS), planPolicy(PROPS)],
  DEPLOY: [statePolicy(PROPS), planPolicy(PROPS), deployPolicy(PROPS)],
  NOBODY: [],
};

jest.setTimeout(60_000);

describeWith([TERRAFORM, MOTO], "Terraform on the state in S3", () => {
  let moto: Moto;
  let gate: ChildProcessWithoutNullStreams;
  let gateEndpoint: string;
  let root: string;
  let s3: S3Client;
  const original = { ...process.env };

  beforeAll(async () => {
    moto = await startMoto();
    Object.assign(process.env, moto.variables, { CHECKPOINT_DISABLE: "1" });
    delete process.env["TF_WORKSPACE"];
    root = mkdtempSync(path.join(tmpdir(), "proxy-fleet-"));
    s3 = new S3Client({ region: REGION });
    await createStateBucket(
      { bucket: BUCKET, region: REGION },
      s3,
      new STSClient({ region: REGION }),
    );
    // moto ignores the condition of a Deny, and so would refuse everything under the TLS rule.
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: BUCKET }));

    gate = spawn(process.execPath, [
      ...["--require", "sucrase/register/ts", path.join(__dirname, "s3-gate.ts")],
      ...[moto.endpoint, JSON.stringify(POLICIES)],
    ]);
    const [address] = (await once(gate.stdout, "data")) as [Buffer];
    gateEndpoint = address.toString().trim();
  });

  afterAll(() => {
    gate.kill();
    moto.stop();
    process.env = original;
    rmSync(root, { recursive: true });
  });

  /** What the bucket holds. */
  async function objects(): Promise<(string | undefined)[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return Contents.map(({ Key }) => Key);
  }

  async function stateObject(): Promise<string | undefined> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: STATE_OBJECT }));
    return Body?.transformToString();
  }

  const variablesOf = (role: keyof typeof POLICIES) => ({
    AWS_ENDPOINT_URL: gateEndpoint,
    AWS_ACCESS_KEY_ID: role,
  });

  /** Makes and selects the workspace, as `npm run workspace` does. */
  function prepare(role: keyof typeof POLICIES): void {
    const before = { ...process.env };
    Object.assign(process.env, variablesOf(role));
    try {
      const state = { kind: "s3", bucket: BUCKET, region: REGION } as const;
      prepareWorkspace({ root, stackId: STACK_ID, state, fleet: PROPS.name, region: REGION });
    } finally {
      process.env = before;
    }
  }

  /** Runs Terraform on a stack that has the fleet's backend and one value. */
  function terraform(role: keyof typeof POLICIES, value: string, ...args: string[]) {
    const directory = path.join(root, "cdktf.out", "stacks", STACK_ID);
    mkdirSync(directory, { recursive: true });
    copyFileSync(
      path.join(root, "cdktf.out", "workspace", STACK_ID, "backend.tf.json"),
      path.join(directory, "backend.tf.json"),
    );
    writeFileSync(
      path.join(directory, "main.tf.json"),
      JSON.stringify({ resource: { terraform_data: { value: { input: value } } } }),
    );
    const run = (...words: string[]) =>
      spawnSync("terraform", [...words, "-no-color", "-input=false"], {
        cwd: directory,
        env: { ...process.env, ...variablesOf(role) },
        encoding: "utf8",
      });
    expect(run("init").status).toBe(0);
    const { status, stdout, stderr } = run(...args);
    return { status, output: stdout + stderr };
  }

  test("is refused to whoever has neither role", () => {
    expect(() => prepare("NOBODY")).toThrow("AccessDenied");
  });

  test("makes no workspace with the plan role", async () => {
    expect(() => prepare("PLAN")).toThrow("AccessDenied");
    expect(await objects()).toEqual([]);
  });

  test("makes it and applies with the deploy role", async () => {
    prepare("DEPLOY");
    const { status, output } = terraform("DEPLOY", "one", "apply", "-auto-approve");
    expect(output).toContain("Apply complete! Resources: 1 added");
    expect(status).toBe(0);
    expect(await objects()).toEqual([STATE_OBJECT]);
  });

  test("plans with the plan role, and takes and releases the lock", async () => {
    prepare("PLAN");
    const { status, output } = terraform("PLAN", "two", "plan", "-detailed-exitcode");
    expect(output).toContain("1 to change");
    expect(status).toBe(2);
    expect(await objects()).toEqual([STATE_OBJECT]);
  });

  test("cannot write the state with the plan role", async () => {
    const before = await stateObject();
    const { status, output } = terraform("PLAN", "two", "apply", "-auto-approve");
    expect(output).toContain("AccessDenied");
    expect(status).toBe(1);
    expect(await stateObject()).toBe(before);
  });
});
