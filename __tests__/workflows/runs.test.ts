import {
  jobs,
  type Outcomes,
  run,
  type Sources,
  sources,
  type Start,
  withMistake,
  workflows,
} from "./workflows";

const REPOSITORY = "owner/fleet";
const MAIN = "refs/heads/main";
const VARS = { PLAN_ROLE_ARN: "arn:aws:iam::123456789012:role/plan" };

/** A pull request whose branch is in this repository, of somebody who may write to it. */
function pullRequest({ from = REPOSITORY, author = "colleague", vars = VARS } = {}): Start {
  const pull_request = { head: { repo: { full_name: from } }, user: { login: author } };
  const event = { pull_request };
  return { github: { repository: REPOSITORY, ref: "refs/pull/1/merge", event }, vars };
}

function onBranch({ ref = MAIN, vars = VARS } = {}): Start {
  return { github: { repository: REPOSITORY, ref, event: {} }, vars };
}

const NO_AWS = { PLAN_ROLE_ARN: "" };
const CHANGES: Outcomes = { "deploy-region.yml/plan": { outputs: { result: "changes" } } };

test.each<[string, string, Start, Outcomes, string[]]>([
  ["plan.yml", "a branch's pull request", pullRequest(), {}, ["plan", "comment"]],
  [
    "plan.yml",
    "a plan that fails",
    pullRequest(),
    { "plan.yml/plan": { result: "failure" } },
    ["plan", "comment"],
  ],
  ["plan.yml", "a fork's pull request", pullRequest({ from: "other/fleet" }), {}, ["no-plan"]],
  ["plan.yml", "Dependabot's", pullRequest({ author: "dependabot[bot]" }), {}, ["no-plan"]],
  ["plan.yml", "a repository without AWS", pullRequest({ vars: NO_AWS }), {}, ["no-plan"]],
  ["drift.yml", "main", onBranch(), {}, ["plan", "issues"]],
  [
    "drift.yml",
    "drift",
    onBranch(),
    { "drift.yml/plan": { result: "failure" } },
    ["plan", "issues"],
  ],
  ["drift.yml", "another branch", onBranch({ ref: "refs/heads/other" }), {}, []],
  ["drift.yml", "a repository without AWS", onBranch({ vars: NO_AWS }), {}, []],
  ["image.yml", "main", onBranch({ vars: NO_AWS }), {}, ["update"]],
  ["image.yml", "another branch", onBranch({ ref: "refs/heads/other" }), {}, []],
])("%s, with %s", (file, _, start, outcomes, expected) => {
  expect(run(sources, file, start, outcomes)).toEqual(expected.map((job) => `${file}/${job}`));
});

describe("deploy.yml", () => {
  test("deploys a region of main when its plan has changes", () => {
    expect(run(sources, "deploy.yml", onBranch(), CHANGES)).toEqual([
      "deploy.yml/region",
      "deploy-region.yml/plan",
      "deploy-region.yml/deploy",
    ]);
  });

  test.each<[string, Outcomes]>([
    ["has no changes", { "deploy-region.yml/plan": { outputs: { result: "no-changes" } } }],
    ["fails", { "deploy-region.yml/plan": { result: "failure", outputs: { result: "failed" } } }],
  ])("asks nobody when a plan %s", (_, outcomes) => {
    const started = run(sources, "deploy.yml", onBranch(), outcomes);
    expect(started).not.toContain("deploy-region.yml/deploy");
  });

  test("does nothing on another branch, a tag or a name like main's", () => {
    for (const ref of ["refs/heads/other", "refs/tags/main", "refs/heads/feature/main"]) {
      expect(run(sources, "deploy.yml", onBranch({ ref }), CHANGES)).toEqual([]);
    }
  });

  test("whoever changes AWS needs the environment's approval, and nobody else has its role", () => {
    const roles = jobs(sources).flatMap(([name, job]) =>
      (job.steps ?? [])
        .filter((step) => step.uses === "./.github/actions/plan")
        .map((step) => [name, step.with!["role"], job.environment]),
    );
    expect(roles).toEqual([
      ["deploy-region.yml/plan", "${{ vars.PLAN_ROLE_ARN }}", undefined],
      ["deploy-region.yml/deploy", "${{ vars.DEPLOY_ROLE_ARN }}", "deploy"],
      ["drift.yml/plan", "${{ vars.PLAN_ROLE_ARN }}", undefined],
      ["plan.yml/plan", "${{ vars.PLAN_ROLE_ARN }}", undefined],
    ]);
  });
});

describe("a pull request of a fork", () => {
  /** The jobs that it starts and that have a token which is more than one that reads. */
  function trusted(from: Sources): string[] {
    const start = pullRequest({ from: "other/fleet", author: "stranger" });
    const started = workflows(from)
      .filter(([, { on }]) => Object.keys(on).some((event) => event.startsWith("pull_request")))
      .flatMap(([file]) => run(from, file, start, CHANGES));
    return jobs(from)
      .filter(([name]) => started.includes(name))
      .filter(([, job]) => Object.values(job.permissions ?? {}).includes("write"))
      .map(([name]) => name);
  }

  test("starts nothing with credentials or a token that writes", () => {
    expect(trusted(sources)).toEqual([]);
  });

  test.each([
    ["plan.yml", "head.repo.full_name == github.repository", "head.repo.full_name != ''"],
    ["plan.yml", "login != 'dependabot[bot]' &&", "login != 'dependabot[bot]' ||"],
    ["plan.yml", "!cancelled() && needs.plan.result != 'skipped'", "!cancelled()"],
    ["ci.yml", "contents: read", "id-token: write"],
    ["deploy.yml", "workflow_dispatch:", "pull_request_target:"],
  ])("would, with another condition in %s: %s", (file, from, to) => {
    const mistaken = withMistake(file, from, to);
    const anyRef = file === "deploy.yml" ? withoutRef(mistaken) : mistaken;
    expect(trusted(anyRef)).not.toEqual([]);
  });

  const withoutRef = (from: Sources): Sources => ({
    ...from,
    ".github/workflows/deploy.yml": from[".github/workflows/deploy.yml"]!.replace(
      MAIN,
      "refs/pull/1/merge",
    ),
  });
});
