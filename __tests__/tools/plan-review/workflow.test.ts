import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { STACK_ID } from "../../../src/fleet/names";
import { CHECKOUT } from "../../helpers/checkout";
import { holdLock, printed } from "../../helpers/lock";
import { startMoto, type Moto } from "../../helpers/moto";
import { Project } from "../../helpers/project";
import { describeWith, MOTO, TERRAFORM } from "../../helpers/tools";

const BUCKET = "state-of-workflows";
const SECRET = "correct horse battery staple";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

jest.setTimeout(180_000);

const SLOW = { provisioner: [{ "local-exec": { command: "sleep 60" } }] };
const PROVISIONER = {
  rule: "readable",
  resource: "terraform_data.slow",
  message: "has provisioner, whose effect the rules cannot see",
  reason: "A provisioner is what a test can wait for",
};

/** The step of the workflow that deploys. */
const APPLY_STEP = /run: (exec .* src\/tools\/commands\/apply\.ts .*)/.exec(
  readFileSync(path.join(CHECKOUT, ".github/workflows/deploy-region.yml"), "utf8"),
)![1]!;

/**
 * The steps of the workflows, in their order and as they call them: `npm run plan`, and after an
 * approval `npm run apply`. Each job has a checkout of its own, as on GitHub.
 */
describeWith([TERRAFORM, MOTO], "the workflows' steps", () => {
  let moto: Moto;
  const projects: Project[] = [];
  const original = { ...process.env };

  beforeAll(async () => {
    moto = await startMoto();
    // CI itself may run on GitHub, whose files these steps must not write to.
    for (const name of Object.keys(process.env)) {
      if (/^(GITHUB|TF)_/.test(name)) delete process.env[name];
    }
    Object.assign(process.env, moto.variables, { CHECKPOINT_DISABLE: "1", STATE_BUCKET: BUCKET });
    const s3 = new S3Client({ region: "us-east-1", endpoint: moto.endpoint });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  });

  afterAll(() => {
    moto.stop();
    process.env = original;
    for (const project of projects) project.remove();
  });

  /** The checkout of a job, with a small stack in which there is a secret. */
  function checkout(size: string, settings = {}): Project {
    const project = new Project(settings);
    projects.push(project);
    project.override({
      "resource.terraform_data.web": {
        input: { size },
        triggers_replace: `\${sensitive("${SECRET}")}`,
      },
      "resource.terraform_data.disk": { triggers_replace: size },
    });
    return project;
  }

  /** Runs `npm run plan` as a workflow's step does. */
  async function plan(
    project: Project,
    region: string,
    variables: Readonly<Record<string, string>> = {},
  ) {
    const [outputs, summary] = ["outputs", "summary"].map((file) => path.join(project.root, file));
    writeFileSync(outputs!, "");
    const run = await project.npm("plan", [], {
      TF_WORKSPACE: region,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "example/proxy-fleet",
      GITHUB_RUN_ID: "1",
      COMMIT: "0123456789abcdef0123456789abcdef01234567",
      GITHUB_OUTPUT: outputs!,
      GITHUB_STEP_SUMMARY: summary!,
      ...variables,
    });
    const file = (name: string) => path.join(project.root, "cdktf.out", "plans", region, name);
    const read = (name: string) => readFileSync(file(name), "utf8");
    expect([run.stdout, run.stderr].join("")).not.toMatch(/^\s+at .*:\d+:\d+/m);
    for (const text of [run.stdout, run.stderr, read("comment.md"), read("plan.txt")]) {
      expect(text).not.toContain(SECRET);
    }
    return {
      ...run,
      comment: read("comment.md"),
      result: JSON.parse(read("result.json")) as { result: string; fingerprint?: string },
      outputs: readFileSync(outputs!, "utf8"),
      summary: readFileSync(summary!, "utf8"),
      left: existsSync(file("plan.tfplan")),
    };
  }

  /** `npm run apply -- <fingerprint>`. */
  const apply = (project: Project, region: string, fingerprint = "") =>
    project.npm("apply", [fingerprint], { TF_WORKSPACE: region });

  async function deploy(region: string, size: string): Promise<void> {
    const project = checkout(size);
    const { result } = await plan(project, region);
    expect((await apply(project, region, result.fingerprint)).stdout).toContain("Apply complete!");
  }

  /** A colleague's Terraform that holds the lock of a region's state, until it is released. */
  async function lock(region: string): Promise<() => Promise<void>> {
    const project = checkout("colleague");
    await plan(project, region);
    return holdLock(path.join(project.root, "cdktf.out", "stacks", STACK_ID), {
      TF_WORKSPACE: region,
    });
  }

  test("a deployment of what was planned, in the order plan, apply; then there is nothing to do", async () => {
    const project = checkout("small");
    const first = await plan(project, "us-east-1");
    expect(first).toMatchObject({ status: 0, result: { result: "changes" }, left: true });
    expect(first.outputs).toBe(`result=changes\nfingerprint=${first.result.fingerprint}\n`);
    expect(first.summary).toBe(first.comment);
    expect(first.comment).toMatch(
      /^<!-- proxy-fleet plan us-east-1 -->\n### Plan for `us-east-1`: 3 to create\n/,
    );
    expect(first.comment).toMatch(
      /\n<sub>Terraform [\d.]+, commit 0123456, \[the run\]\(https:\/\/github\.com\/example\/proxy-fleet\/actions\/runs\/1\)<\/sub>\n$/,
    );

    const applied = await apply(project, "us-east-1", first.result.fingerprint);
    expect(applied).toMatchObject({ status: 0, stderr: "" });
    expect(applied.stdout).toContain("Apply complete! Resources: 3 added");

    const second = await plan(project, "us-east-1");
    expect(second).toMatchObject({ status: 0, stdout: "no changes\n" });
    expect(second.result.result).toBe("no-changes");
    expect(second.comment).toContain("The fleet is as the configuration wants it.");
  });

  test("two regions at once, one of them locked: one plan, and one message who holds the lock", async () => {
    await deploy("us-west-2", "small");
    const release = await lock("us-west-2");
    try {
      const [east, west] = await Promise.all(
        ["us-east-1", "us-west-2"].map((region) => plan(checkout("large"), region)),
      );
      expect(east).toMatchObject({ status: 0, result: { result: "changes" }, left: true });
      expect(east!.stdout).toContain("replace  terraform_data.disk  forced by triggers_replace");
      expect(east!.comment).toContain("> Destroyed or replaced: 1 resource.");

      expect(west).toMatchObject({ status: 1, result: { result: "failed" }, left: false });
      expect(west!.stderr).toContain("Error acquiring the state lock");
      expect(west!.outputs).toBe("result=failed\nfingerprint=\n");
      expect(west!.comment).toMatch(/: \*\*failed\*\*\n[^]*\n {2}Who: +\S+@\S+\n/);
    } finally {
      await release();
    }
  });

  test("with a lock timeout, as the workflows have it, a plan waits for the lock", async () => {
    const release = await lock("us-west-2");
    const waiting = plan(checkout("large"), "us-west-2", { TF_CLI_ARGS_plan: "-lock-timeout=60s" });
    setTimeout(() => void release(), 8000);
    expect(await waiting).toMatchObject({ status: 0, result: { result: "changes" } });
  });

  test("another checkout applies what was approved, and nothing else", async () => {
    const approved = await plan(checkout("large"), "us-west-2");
    const other = checkout("huge");
    await plan(other, "us-west-2");
    const refused = await apply(other, "us-west-2", approved.result.fingerprint);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(
      /^The plan of us-west-2 is not the approved one: its fingerprint is [0-9a-f]{64}, and [0-9a-f]{64} was approved\. .*\n$/,
    );
    expect((await apply(other, "us-west-2", "")).stderr).toBe(
      '"" is no fingerprint of a plan. npm run plan prints it, 64 characters long.\n',
    );

    const same = checkout("large");
    expect((await plan(same, "us-west-2")).result).toEqual(approved.result);
    expect(await apply(same, "us-west-2", approved.result.fingerprint)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("1 added, 1 changed, 1 destroyed"),
    });
    expect((await apply(same, "us-west-2", approved.result.fingerprint)).stderr).toBe(
      "There is no plan of us-west-2. Type: TF_WORKSPACE=us-west-2 npm run plan\n",
    );
  });

  test("a state that moved on after the plan is not written over", async () => {
    const late = checkout("late");
    const { result } = await plan(late, "us-west-2");
    await deploy("us-west-2", "quick");
    const { status, stderr } = await apply(late, "us-west-2", result.fingerprint);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /Saved plan is stale[^]*\n\nOf this plan nothing more can be applied\. Type: TF_WORKSPACE=us-west-2 npm run plan\n$/,
      ),
    ]);
  });

  test("a state that is kept elsewhere by now is not applied to", async () => {
    const project = checkout("small");
    const { result } = await plan(project, "us-east-1");
    const { status, stderr } = await project.npm("apply", [result.fingerprint!], {
      TF_WORKSPACE: "us-east-1",
      STATE_BUCKET: "",
    });
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("This checkout has kept its state in the bucket "),
    ]);
  });

  test("a deployment that is cancelled ends in Terraform's own way: what is made is in the state, unlocked", async () => {
    const project = checkout("slow", { policy: { waivers: [PROVISIONER] } });
    project.override({
      "resource.terraform_data.quick": { input: "made" },
      "resource.terraform_data.slow": { ...SLOW, depends_on: ["terraform_data.quick"] },
    });
    const { result } = await plan(project, "us-east-1");
    // As a runner of GitHub does it: bash runs a file with the step's code, and it is bash, or what
    // has taken its place, that is interrupted, and terminated later.
    const step = path.join(project.root, "step.sh");
    writeFileSync(step, APPLY_STEP);
    const runner = spawn("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", step], {
      cwd: project.root,
      env: { ...process.env, TF_WORKSPACE: "us-east-1", FINGERPRINT: result.fingerprint! },
    });
    const ended = once(runner, "close");
    await printed(runner, "terraform_data.slow: Creating...");
    runner.kill("SIGINT");
    setTimeout(() => runner.kill("SIGTERM"), 500);
    expect(await ended).toEqual([1, null]);

    const later = await plan(checkout("small"), "us-east-1");
    expect(later).toMatchObject({ status: 0 });
    expect(later.stdout).toContain("destroy  terraform_data.quick");
  });

  test("the policy gate stops a plan, which is shown all the same; a waiver lets it pass, and is shown", async () => {
    const project = checkout("large");
    project.override({ "resource.terraform_data.slow": SLOW });
    const stopped = await plan(project, "us-east-1");
    expect(stopped).toMatchObject({ status: 1, result: { result: "failed" }, left: false });
    expect(stopped.comment).toMatch(
      /: \*\*failed\*\*\n[^]*\nThe policy gate stops this:\nreadable {2}terraform_data\.slow {2}has provisioner[^]*\n\| \*\*replace\*\* \| \*\*`terraform_data\.slow`/,
    );

    const waived = checkout("large", { policy: { waivers: [PROVISIONER] } });
    waived.override({ "resource.terraform_data.slow": SLOW });
    const passed = await plan(waived, "us-east-1");
    expect(passed).toMatchObject({ status: 0, result: { result: "changes" }, left: true });
    expect(passed.comment).toContain(`\n  ${PROVISIONER.reason}\n`);
  });

  describe("what goes wrong before there is a plan is as clear as a plan", () => {
    test("mistakes in the settings, and no earlier plan is left to be applied", async () => {
      const project = checkout("large");
      expect(await plan(project, "us-east-1")).toMatchObject({ status: 0, left: true });
      const cdktf = JSON.parse(readFileSync(path.join(project.root, "cdktf.json"), "utf8"));
      cdktf.context["proxy-fleet"].service = { cpu: 3 };
      project.write("cdktf.json", cdktf);
      const failed = await plan(project, "us-east-1");
      expect(failed).toMatchObject({ status: 1, result: { result: "failed" }, left: false });
      expect(failed.comment).toContain("proxy-fleet.service.cpu: 3 is not allowed.");
    });

    test("a region that is none of the fleet's", async () => {
      const project = checkout("a");
      const { status, stderr } = await project.npm("plan", [], { TF_WORKSPACE: "eu-west-1" });
      expect([status, stderr]).toEqual([
        1,
        expect.stringContaining('TF_WORKSPACE: "eu-west-1" is not allowed'),
      ]);
    });

    test("no region, of which there is nothing to report", async () => {
      const project = checkout("a");
      const { status, stderr } = await project.npm("plan");
      expect([status, stderr]).toEqual([1, expect.stringContaining("TF_WORKSPACE is not set")]);
      expect(existsSync(path.join(project.root, "cdktf.out"))).toBe(false);
    });
  });
});
