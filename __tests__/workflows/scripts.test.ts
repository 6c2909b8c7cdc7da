import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { copyCheckout } from "../helpers/checkout";
import { CHECKOUT } from "../helpers/checkout";
import { jobs, sources, type Step, steps } from "./workflows";

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

describe("the proposal of newer packages", () => {
  const [step] = named("Propose the change");
  const BRANCH = "image-update";
  let root: string;
  let checkout: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "propose-"));
    checkout = path.join(root, "checkout");
    git(root, "init", "--quiet", "--bare", "origin");
    git(root, "clone", "--quiet", "origin", "checkout");
    mkdirSync(path.join(checkout, "squid"));
    writeFileSync(path.join(checkout, "squid/packages.txt"), "bash 1\n");
    git(checkout, "add", ".");
    git(checkout, ...["-c", "user.name=a", "-c", "user.email=a@b.test"], "commit", "-qm", "before");
    // Of GitHub, what has been asked for, and a pull request where the test has put its text.
    const gh = `#!/bin/bash
case "$1 $2" in
  "pr list") [[ ! -e ${root}/proposed.md ]] || echo 7 ;;
  "pr view") cat ${root}/proposed.md ;;
  *)
    printf '%s\\n' "$1 $2 $3" >>${root}/gh.log
    while (($# > 1)); do [[ $1 != --body-file ]] || cp "$2" ${root}/proposed.md; shift; done ;;
esac
`;
    writeFileSync(path.join(root, "gh"), gh, { mode: 0o755 });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function git(cwd: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync("git", args, { cwd, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  function propose(version: string): string[] {
    writeFileSync(path.join(checkout, "squid/packages.txt"), `bash ${version}\n`);
    writeFileSync(path.join(checkout, "changes.txt"), `bash 1 → ${version}\n`);
    writeFileSync(path.join(root, "gh.log"), "");
    const PATH = `${root}:${process.env["PATH"]}`;
    expect(shell(step!, { BRANCH, PATH, HOME: root }, checkout)).toMatchObject({ status: 0 });
    git(checkout, "switch", "--quiet", "-");
    git(checkout, "branch", "--force", "--delete", BRANCH);
    return readFileSync(path.join(root, "gh.log"), "utf8").split("\n").slice(0, -1);
  }

  test("opens a pull request with what is newer, and later updates it", () => {
    expect(propose("2")).toEqual(["auth setup-git ", "pr create --head"]);
    expect(readFileSync(path.join(root, "proposed.md"), "utf8")).toContain(
      "```\nbash 1 → 2\n```\n",
    );
    expect(propose("3")).toEqual(["auth setup-git ", "pr edit 7"]);
    const branch = git(root, "--git-dir=origin", "show", `${BRANCH}:squid/packages.txt`);
    expect(branch).toBe("bash 3");
    const files = git(root, "--git-dir=origin", "show", "--format=%an", "--name-only", BRANCH);
    expect(files.split("\n")).toEqual(["github-actions[bot]", "", "squid/packages.txt"]);
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
