import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { copyCheckout } from "../helpers/checkout";
import { CHECKOUT, jobs, sources, type Step, steps } from "./workflows";

/** The shell code of the workflows that is more than a name, run as GitHub runs it. */
const all = jobs(sources).flatMap(([, job]) => steps(sources, job));

function shell(step: Step, env: Record<string, string>, cwd = CHECKOUT) {
  const bash = ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run!];
  // Nothing of the runner on which this suite may run itself.
  const PATH = process.env["PATH"]!;
  return spawnSync("bash", bash, { cwd, encoding: "utf8", env: { PATH, ...env } });
}

const named = (name: string) => all.filter((step) => step.name === name);

describe("the check of GitHub's variables", () => {
  const [step] = named("Check GitHub's variables");
  const set = { ROLE: "arn:aws:iam::123456789012:role/plan", STATE_BUCKET: "state" };

  test("passes where they are set", () => {
    expect(shell(step!, set)).toMatchObject({ status: 0, stdout: "" });
  });

  test.each(["ROLE", "STATE_BUCKET"])("fails where %s is empty, and says so", (name) => {
    const { status, stdout } = shell(step!, { ...set, [name]: "" });
    expect([status, stdout]).toEqual([1, expect.stringMatching(`^::error::.*for ${name}\\.`)]);
  });
});

describe("`npm run validate`, before there are credentials", () => {
  const [step] = named("Check the settings and the region");
  let root: string;

  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), "validate-"));
    copyCheckout(root, ["package.json", "squid", "src"]);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  test("passes for a region of the fleet", () => {
    expect(shell(step!, { TF_WORKSPACE: "us-east-1" }, root).status).toBe(0);
  });

  test("fails for another, and names those that there are", () => {
    const { status, stderr } = shell(step!, { TF_WORKSPACE: "eu-west-1" }, root);
    expect([status, stderr]).toEqual([1, expect.stringContaining('"us-east-1" or "us-west-2"')]);
  });
});

describe("what is published", () => {
  const [step] = named("Publish");
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "publish-"));
    writeFileSync(path.join(root, "npm"), '#!/bin/sh\necho "$*"\n', { mode: 0o755 });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const publish = (REGIONS: string) => {
    const PATH = `${root}:${process.env["PATH"]}`;
    return shell(step!, { KIND: "comment", REGIONS, PATH }, root);
  };

  test("every region of the fleet", () => {
    expect(publish('["us-east-1","us-west-2"]')).toMatchObject({
      status: 0,
      stdout: "run plan:publish -- comment plans us-east-1 us-west-2\n",
    });
  });

  test("nothing, where the regions are no list", () => {
    expect(publish("us-east-1").status).not.toBe(0);
  });
});
