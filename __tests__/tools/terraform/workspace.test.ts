import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { STACK_ID } from "../../../src/fleet/names";
import type { StateSettings } from "../../../src/fleet/stack/backend";
import { createStateBucket } from "../../../src/tools/terraform/bucket";
import {
  prepareWorkspace,
  readOutputs,
  readResources,
} from "../../../src/tools/terraform/workspace";
import { CHECKOUT, copyRules } from "../../helpers/checkout";
import { holdLock } from "../../helpers/lock";
import { startMoto, type Moto } from "../../helpers/moto";
import { describeWith, MOTO, TERRAFORM } from "../../helpers/tools";

const BIN = path.join(CHECKOUT, "node_modules", ".bin");
const APP = `node --require ${path.join(CHECKOUT, "node_modules/sucrase/register/ts")} ${path.join(__dirname, "backend-only-app.ts")}`;

/** Far longer than any command here takes; a hidden prompt would wait for ever. */
const HANG_MS = 60_000;

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** A project folder of its own, with the backend and the region guard of the fleet. */
function makeProject(name = "proxy"): string {
  const root = mkdtempSync(path.join(tmpdir(), "proxy-fleet-"));
  copyRules(root);
  configure(root, name);
  return root;
}

/** Makes it the project of the fleet of this name. */
function configure(root: string, name: string): void {
  // With an image from elsewhere, as there are no sources of one here.
  const context = { "proxy-fleet": { name, image: { uri: "registry.example/squid:1" } } };
  writeFileSync(
    path.join(root, "cdktf.json"),
    JSON.stringify({ language: "typescript", app: APP, sendCrashReports: "false", context }),
  );
}

function thrownBy(run: () => void): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing is thrown");
}

const stackDirectory = (root: string) => path.join(root, "cdktf.out", "stacks", STACK_ID);

jest.setTimeout(2 * HANG_MS);

describeWith([TERRAFORM, MOTO], "state and workspaces", () => {
  let moto: Moto;
  let s3: S3Client;
  const roots: string[] = [];
  const original = { ...process.env };

  beforeAll(async () => {
    moto = await startMoto();
    Object.assign(process.env, moto.variables, { CHECKPOINT_DISABLE: "1" });
    delete process.env["TF_WORKSPACE"];
    s3 = new S3Client({ region: "us-east-1" });
  });

  afterAll(() => {
    moto.stop();
    process.env = original;
    for (const root of roots) rmSync(root, { recursive: true });
  });

  function project(name?: string): string {
    const root = makeProject(name);
    roots.push(root);
    return root;
  }

  /** A bucket as `npm run state:create` makes it. */
  async function stateBucket(bucket: string): Promise<StateSettings & { kind: "s3" }> {
    const region = "us-east-1";
    await createStateBucket({ bucket, region }, s3, new STSClient({ region }));
    // moto ignores the condition of a Deny, and so would refuse everything under the TLS rule.
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
    return { kind: "s3", bucket, region };
  }

  async function keys(bucket: string): Promise<(string | undefined)[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key }) => Key);
  }

  /** Runs a program as a user would, and fails if it waits for an answer that nobody gives. */
  function run(
    command: string,
    args: string[],
    cwd: string,
    variables: Record<string, string> = {},
  ) {
    const { status, signal, stdout, stderr } = spawnSync(command, args, {
      cwd,
      env: { ...process.env, ...variables },
      encoding: "utf8",
      timeout: HANG_MS,
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(signal).toBeNull();
    // The escape codes and line breaks of boxes and colours come between the words.
    const output = (stdout + stderr)
      .replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, "")
      .replaceAll(/[\s│╷╵]+/g, " ");
    return { status, output };
  }

  const cdktf = (root: string, args: string[], variables: Record<string, string> = {}) =>
    run(path.join(BIN, "cdktf"), args, root, variables);

  const deploy = (root: string, variables: Record<string, string> = {}) =>
    cdktf(root, ["deploy", "--auto-approve"], variables);

  test("the first and the second region are deployed by a plain `cdktf deploy`, each to its key", async () => {
    const root = project();
    const state = await stateBucket("two-regions");
    const bucket = { STATE_BUCKET: state.bucket };

    prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region: "us-east-1" });
    const first = deploy(root, bucket);
    expect(first.output).toContain("Apply complete! Resources: 1 added");
    expect(first.status).toBe(0);

    prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region: "us-west-2" });
    const second = deploy(root, { ...bucket, TF_WORKSPACE: "us-west-2" });
    expect(second.output).toContain("Apply complete! Resources: 1 added");
    expect(await keys(state.bucket)).toEqual([
      "proxy-fleet/proxy/us-east-1/terraform.tfstate",
      "proxy-fleet/proxy/us-west-2/terraform.tfstate",
    ]);

    const again = deploy(root, { ...bucket, TF_WORKSPACE: "us-east-1" });
    expect(again.output).toContain("No changes");
  });

  test("a fresh checkout finds the workspace that another one made", async () => {
    const state = await stateBucket("shared-state");
    for (const root of [project(), project()]) {
      prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region: "us-east-1" });
    }
    expect(await keys(state.bucket)).toEqual(["proxy-fleet/proxy/us-east-1/terraform.tfstate"]);
  });

  describe.each(["a bucket", "a local folder"])("two fleets with %s", (place) => {
    const region = "us-east-1";
    let state: StateSettings;
    let variables: Record<string, string>;

    beforeAll(async () => {
      state = place === "a bucket" ? await stateBucket("two-fleets") : { kind: "local" };
      variables = state.kind === "s3" ? { STATE_BUCKET: state.bucket } : {};
    });

    test("have states of their own, in one checkout as well", async () => {
      const root = project("one");
      const notice = jest.spyOn(console, "error").mockImplementation(() => {});
      for (const fleet of ["one", "other"]) {
        configure(root, fleet);
        prepareWorkspace({ root, stackId: STACK_ID, state, fleet, region });
        expect(deploy(root, variables).output).toContain("Apply complete! Resources: 1 added");
      }
      configure(root, "one");
      prepareWorkspace({ root, stackId: STACK_ID, state, fleet: "one", region });
      expect(deploy(root, variables).output).toContain("No changes");
      expect(notice.mock.calls).toEqual([
        [
          "This checkout was of the fleet one until now. What is deployed of that stays, with its state.",
        ],
        [
          "This checkout was of the fleet other until now. What is deployed of that stays, with its state.",
        ],
      ]);
      notice.mockRestore();
      const files = ["one", "other"].map((fleet) => `${fleet}/${region}/terraform.tfstate`);
      expect(
        state.kind === "s3"
          ? await keys(state.bucket)
          : files.filter((file) => existsSync(path.join(root, "terraform.tfstate.d", file))),
      ).toEqual(state.kind === "s3" ? files.map((file) => `proxy-fleet/${file}`) : files);
    });
  });

  describe.each(["a bucket", "a local folder"])(
    "a state where all fleets' were, in %s",
    (place) => {
      const region = "us-east-1";

      /** A deployed fleet, its state moved back to where it was before fleets had folders. */
      async function formerFleet(bucket: string, owner?: string) {
        const state: StateSettings =
          place === "a bucket" ? await stateBucket(bucket) : { kind: "local" };
        const variables: Record<string, string> =
          state.kind === "s3" ? { STATE_BUCKET: state.bucket } : {};
        const root = project();
        const props = { root, stackId: STACK_ID, state, fleet: "proxy", region };
        prepareWorkspace(props);
        deploy(root, variables);
        const local = path.join(root, "terraform.tfstate.d");
        const object = { Bucket: bucket, Key: `proxy-fleet/proxy/${region}/terraform.tfstate` };
        const json = JSON.parse(
          state.kind === "s3"
            ? await (await s3.send(new GetObjectCommand(object))).Body!.transformToString()
            : readFileSync(path.join(local, "proxy", region, "terraform.tfstate"), "utf8"),
        ) as { resources: { instances: { attributes: Record<string, unknown> }[] }[] };
        if (owner !== undefined) {
          json.resources[0]!.instances[0]!.attributes["tags_all"] = { Project: owner };
        }
        const Body = JSON.stringify(json);
        if (state.kind === "s3") {
          await s3.send(new DeleteObjectCommand(object));
          const Key = `proxy-fleet/${region}/terraform.tfstate`;
          await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
        } else {
          rmSync(local, { recursive: true });
          mkdirSync(path.join(local, region), { recursive: true });
          for (const file of ["terraform.tfstate", "terraform.tfstate.backup"]) {
            writeFileSync(path.join(local, region, file), Body);
          }
        }
        return { props, variables };
      }

      test("is found, and is the fleet's after the command that the message names", async () => {
        const { props, variables } = await formerFleet("former-layout");
        for (const command of [prepareWorkspace, readOutputs, readResources]) {
          expect(() => command(props)).toThrow(
            /^The state of us-east-1 in the .*, with 1 resources, is where it was before fleets had folders of their own\. While nobody plans or deploys, move it to the folder of proxy:\n/,
          );
        }
        const { message } = thrownBy(() => prepareWorkspace(props));
        const moved = run("sh", ["-c", message.split("\n")[1]!], props.root);
        expect(moved.status).toBe(0);
        prepareWorkspace(props);
        expect(deploy(props.root, variables).output).toContain("No changes");
      });

      test("of another fleet is none of its business", async () => {
        const { props } = await formerFleet("former-other", "another");
        prepareWorkspace(props);
        expect(readResources(props)).toEqual([]);
      });
    },
  );

  test("while one run holds the lock, another fails and says who holds it", async () => {
    const root = project();
    const state = await stateBucket("locked");
    const bucket = { STATE_BUCKET: state.bucket };
    prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region: "us-east-1" });
    expect(cdktf(root, ["synth"], bucket).status).toBe(0);
    const init = run("terraform", ["init", "-input=false"], stackDirectory(root));
    expect(init.output).toContain("successfully initialized");

    const release = await holdLock(stackDirectory(root));
    try {
      expect(await keys(state.bucket)).toContain(
        "proxy-fleet/proxy/us-east-1/terraform.tfstate.tflock",
      );
      const { status, output } = deploy(root, bucket);
      expect(status).not.toBe(0);
      expect(output).toContain("Error acquiring the state lock");
      expect(output).toMatch(/Who: \S+@\S+/);
      expect(output).toContain("Operation: OperationTypeApply");
    } finally {
      await release();
    }
    expect(await keys(state.bucket)).toEqual(["proxy-fleet/proxy/us-east-1/terraform.tfstate"]);
  });

  describe("a workspace that is no region of the fleet", () => {
    test("is refused by the plan, which says what to type; nothing is created", async () => {
      const root = project();
      const state = await stateBucket("guarded");
      const { status, output } = deploy(root, { STATE_BUCKET: state.bucket });
      expect(status).not.toBe(0);
      expect(output).toContain(
        '"default" is not one of "us-east-1" or "us-west-2". Type: TF_WORKSPACE=us-east-1 npm run deploy',
      );
      expect(await keys(state.bucket)).toEqual([]);
    });

    test("in TF_WORKSPACE fails at synthesis already", () => {
      const root = project();
      const { status, output } = cdktf(root, ["synth"], { TF_WORKSPACE: "eu-west-1" });
      expect(status).not.toBe(0);
      expect(output).toContain('TF_WORKSPACE: "eu-west-1" is not allowed');
    });
  });

  describe("without a bucket", () => {
    const state: StateSettings = { kind: "local" };
    const region = "us-east-1";

    test("the state survives the deletion of cdktf.out", () => {
      const root = project();
      prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region });
      expect(deploy(root).output).toContain("Apply complete! Resources: 1 added");
      rmSync(path.join(root, "cdktf.out"), { recursive: true });
      prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region });
      expect(deploy(root).output).toContain("No changes");
    });

    test("a fleet that would be forgotten under a new bucket is not", async () => {
      const root = project();
      prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region });
      deploy(root);
      rmSync(path.join(root, "cdktf.out"), { recursive: true });
      const bucket = await stateBucket("too-late");
      expect(() =>
        prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state: bucket, region }),
      ).toThrow(
        "The fleet of us-east-1 has its state in terraform.tfstate.d/proxy/us-east-1/terraform.tfstate",
      );
    });

    test("the outputs are those of the state, none before a deployment", () => {
      const root = project();
      expect(readOutputs({ root, stackId: STACK_ID, fleet: "proxy", state, region })).toEqual({});
      expect(existsSync(path.join(root, "terraform.tfstate.d"))).toBe(false);
    });
  });

  describe("what goes wrong is said in one message", () => {
    const region = "us-east-1";

    test("a state that names somebody's provider, before anything downloads it", async () => {
      const root = project();
      const state = await stateBucket("poisoned");
      prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region });
      deploy(root, { STATE_BUCKET: state.bucket });
      const object = { Bucket: state.bucket, Key: `proxy-fleet/proxy/${region}/terraform.tfstate` };
      const { Body } = await s3.send(new GetObjectCommand(object));
      const json = (await Body!.transformToString()).replaceAll(
        "terraform.io/builtin/terraform",
        "registry.terraform.io/somebody/terraform",
      );
      await s3.send(new PutObjectCommand({ ...object, Body: json }));
      expect(() =>
        prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region }),
      ).toThrow(
        "The state of us-east-1 has resources of providers that are not the fleet's: registry.terraform.io/somebody/terraform.",
      );
    });

    test("a bucket that does not exist", () => {
      const state: StateSettings = { kind: "s3", bucket: "missing", region };
      expect(() =>
        prepareWorkspace({ root: project(), stackId: STACK_ID, fleet: "proxy", state, region }),
      ).toThrow(
        "The state bucket missing does not exist in us-east-1. Type: STATE_BUCKET=missing STATE_REGION=us-east-1 npm run state:create",
      );
    });

    test("another bucket than before", async () => {
      const root = project();
      const before = await stateBucket("before");
      const after = await stateBucket("after");
      prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state: before, region });
      expect(() =>
        prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state: after, region }),
      ).toThrow(
        "This checkout has kept its state in the bucket before in us-east-1 until now, and the environment says the " +
          "bucket after in us-east-1. Set STATE_BUCKET=before and STATE_REGION=us-east-1, as before; or,",
      );
    });

    test("no credentials", async () => {
      const state = await stateBucket("no-credentials");
      delete process.env["AWS_ACCESS_KEY_ID"];
      try {
        expect(() =>
          prepareWorkspace({ root: project(), stackId: STACK_ID, fleet: "proxy", state, region }),
        ).toThrow("There are no AWS credentials, and the state is in the bucket no-credentials.");
      } finally {
        Object.assign(process.env, moto.variables);
      }
    });
  });

  test("the folder that prepares a workspace has a backend and no provider", async () => {
    const root = project();
    const state = await stateBucket("backend-only");
    prepareWorkspace({ root, stackId: STACK_ID, fleet: "proxy", state, region: "us-east-1" });
    const file = path.join(root, "cdktf.out", "workspace", STACK_ID, "backend.tf.json");
    const { terraform } = JSON.parse(readFileSync(file, "utf8"));
    expect(Object.keys(terraform)).toEqual(["backend"]);
  });
});
