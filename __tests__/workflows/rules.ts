import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CHECKOUT } from "../helpers/checkout";
import { evaluate, jobs, type Sources, type Step, steps, workflows } from "./workflows";

/** What is wrong with the workflows, a line each. */
export type Rule = (sources: Sources) => string[];

const EVENTS: Record<string, string[]> = {
  "ci.yml": ["push", "pull_request"],
  "plan.yml": ["pull_request"],
  "drift.yml": ["schedule", "workflow_dispatch"],
  "deploy.yml": ["workflow_dispatch"],
  "image.yml": ["schedule", "workflow_dispatch"],
  "deploy-region.yml": ["workflow_call"],
};

const READ = { contents: "read" };
const AWS = { ...READ, "id-token": "write" };
const PERMISSIONS: Record<string, object> = {
  "ci.yml/ci": READ,
  "plan.yml/plan": AWS,
  "plan.yml/comment": { ...READ, "pull-requests": "write" },
  "plan.yml/no-plan": {},
  "drift.yml/plan": AWS,
  "drift.yml/issues": { ...READ, issues: "write" },
  "image.yml/update": { contents: "write", "pull-requests": "write" },
  "deploy.yml/region": AWS,
  "deploy-region.yml/plan": AWS,
  "deploy-region.yml/deploy": AWS,
};

/** Per workflow, or per job where it has one of its own. */
const CONCURRENCY: Record<string, unknown> = {
  "ci.yml": {
    group: "ci-${{ github.event.pull_request.number || github.sha }}",
    "cancel-in-progress": true,
  },
  "plan.yml": {
    group: "plan-${{ github.event.pull_request.number }}",
    "cancel-in-progress": false,
  },
  "drift.yml": { group: "drift", "cancel-in-progress": false },
  "image.yml": { group: "image", "cancel-in-progress": false },
  "deploy.yml/region": { group: "deploy-${{ matrix.region }}", "cancel-in-progress": false },
};

/** The suites that run the scripts which the workflows call, for real. */
const SUITES: Record<string, string> = {
  validate: "__tests__/workflows/scripts.test.ts",
  plan: "__tests__/tools/plan-review/workflow.test.ts",
  apply: "__tests__/tools/plan-review/workflow.test.ts",
  "plan:publish": "__tests__/tools/plan-review/publication.test.ts",
  "image:update": "__tests__/tools/image-update/update.test.ts",
};

const MASKED = ["comment.md", "plan.txt", "result.json"];
const REGIONS = `vars.FLEET_REGIONS || '["us-east-1","us-west-2"]'`;

const same = (name: string, found: unknown, expected: unknown) =>
  isDeepStrictEqual(found, expected) ? [] : [`${name}: ${JSON.stringify(found)}`];
const uses = (action: string) => (step: Step) => step.uses?.startsWith(`${action}@`) ?? false;
const read = (file: string) => readFileSync(path.join(CHECKOUT, file), "utf8");
const usesAws = uses("aws-actions/configure-aws-credentials");

const pinned: Rule = (sources) => {
  const lines = Object.entries(sources).flatMap(([file, text]) =>
    [...text.matchAll(/^[\s-]*uses: (.*)$/gm)].map(([, used]): [string, string] => [file, used!]),
  );
  const versions = new Map<string, string>();
  return lines.flatMap(([file, used]) => {
    if (used.startsWith("./")) {
      const found = [used, `${used}/action.yml`].some((name) => path.normalize(name) in sources);
      return found ? [] : [`${file}: ${used} does not exist`];
    }
    const [, action, version] =
      /^((?:actions|aws-actions|hashicorp)\/[\w-]+)(@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.exec(used) ??
      [];
    if (action === undefined || version === undefined) return [`${file}: ${used} is not pinned`];
    const first = versions.get(action) ?? version;
    versions.set(action, first);
    return first === version ? [] : [`${file}: ${used} is ${first} elsewhere`];
  });
};

const events: Rule = (sources) =>
  same(
    "events",
    Object.fromEntries(workflows(sources).map(([file, { on }]) => [file, Object.keys(on).sort()])),
    Object.fromEntries(
      Object.entries(EVENTS)
        .sort()
        .map(([file, names]) => [file, [...names].sort()]),
    ),
  );

const permissions: Rule = (sources) => [
  ...workflows(sources).flatMap(([file, workflow]) => same(file, workflow.permissions, {})),
  ...same(
    "jobs",
    Object.fromEntries(jobs(sources).map(([name, job]) => [name, job.permissions])),
    PERMISSIONS,
  ),
];

/** A token that writes and one for AWS are never together, and AWS's is only where it is used. */
const tokens: Rule = (sources) =>
  jobs(sources).flatMap(([name, job, workflow]) => {
    const granted = Object.entries(job.permissions ?? {});
    const writes = granted.filter(([, right]) => right === "write").map(([scope]) => scope);
    const all = steps(sources, job);
    const aws = writes.includes("id-token");
    const bad: string[] = [];
    if (aws && writes.length > 1) bad.push(`${name} has ${writes.join(" and ")}`);
    if (job.steps !== undefined && aws !== all.some(usesAws))
      bad.push(`${name}: AWS and its token`);
    const token = JSON.stringify(job).includes("github.token");
    if (token !== (writes.length > 0 && !aws)) bad.push(`${name}: the token and its rights`);
    if (writes.length > 0 && !aws && "pull_request" in workflow.on) {
      const refs = all.filter(uses("actions/checkout")).map((step) => step.with?.["ref"]);
      bad.push(...same(name, refs, ["${{ github.event.pull_request.base.sha }}"]));
    }
    return bad;
  });

const secrets: Rule = (sources) =>
  Object.entries(sources).flatMap(([file, text]) =>
    /\bsecrets\b\s*[.:[]|aws-access-key-id|aws-secret-access-key/.test(text)
      ? [`${file} takes a secret or a key`]
      : [],
  );

const checkouts: Rule = (sources) =>
  jobs(sources).flatMap(([name, job]) =>
    steps(sources, job)
      .filter(uses("actions/checkout"))
      .filter((step) => step.with?.["persist-credentials"] !== false)
      .map(() => `${name} leaves the token in the checkout`),
  );

const concurrency: Rule = (sources) => {
  const all = [...workflows(sources), ...jobs(sources)].map(([name, { concurrency }]) => [
    name,
    concurrency,
  ]);
  const found: unknown = Object.fromEntries(all.filter(([, value]) => value !== undefined));
  return same("concurrency", found, CONCURRENCY);
};

/** Every job that plans waits for a lock that another has, and has the state in the bucket. */
const locks: Rule = (sources) =>
  jobs(sources).flatMap(([name, job]) => {
    if (!steps(sources, job).some(usesAws)) return [];
    const expected = {
      STATE_BUCKET: "${{ vars.STATE_BUCKET }}",
      STATE_REGION: "${{ vars.STATE_REGION }}",
      TF_CLI_ARGS_plan: "-lock-timeout=20m",
      ...(job.environment !== undefined && { TF_CLI_ARGS_apply: "-lock-timeout=5m" }),
    };
    return same(name, job.env, expected);
  });

const regions: Rule = (sources) =>
  jobs(sources).flatMap(([name, job, workflow]) => {
    const published = (job.steps ?? []).flatMap(({ with: inputs }) => inputs?.["regions"] ?? []);
    const bad = published.flatMap((list) => same(name, list, `\${{ ${REGIONS} }}`));
    const aws = job.permissions?.["id-token"] === "write" && !("workflow_call" in workflow.on);
    if (!aws) return bad;
    const matrix = (FLEET_REGIONS: string, region: string) =>
      evaluate(job.strategy!.matrix.region, { vars: { FLEET_REGIONS }, inputs: { region } });
    return [
      ...bad,
      ...same(name, job.strategy?.["fail-fast"], false),
      ...same(name, matrix("", "all"), ["us-east-1", "us-west-2"]),
      ...same(name, matrix('["eu-west-1"]', "all"), ["eu-west-1"]),
      ...(name === "deploy.yml/region" ? same(name, matrix("", "us-west-2"), ["us-west-2"]) : []),
    ];
  });

/** Every plan that somebody is to read is uploaded, and of its files only those that are masked. */
const artifacts: Rule = (sources) =>
  jobs(sources).flatMap(([name, job]) => {
    const all = steps(sources, job);
    const found = all
      .filter(
        (step) => uses("actions/upload-artifact")(step) || uses("actions/download-artifact")(step),
      )
      .map((step) => ({ if: step.if, with: step.with }));
    const region = name.startsWith("deploy-region") ? "inputs.region" : "matrix.region";
    const upload = {
      if: "${{ !cancelled() }}",
      with: {
        name: `plan-\${{ ${region} }}`,
        path: MASKED.map((file) => `cdktf.out/plans/*/${file}\n`).join(""),
        "if-no-files-found": "ignore",
      },
    };
    const download = {
      if: undefined,
      with: { pattern: "plan-*", "merge-multiple": true, path: "plans" },
    };
    const plans = all.some(usesAws) && job.environment === undefined;
    const publishes = all.some((step) => step.run?.includes("plan:publish"));
    return same(name, found, [...(plans ? [upload] : []), ...(publishes ? [download] : [])]);
  });

const timeouts: Rule = (sources) =>
  jobs(sources).flatMap(([name, job]) =>
    job.uses !== undefined || (job["timeout-minutes"] ?? 0) > 0 ? [] : [`${name} has no timeout`],
  );

/** Shell code takes what GitHub hands it from the environment, and fails where a part of a pipe does. */
const shell: Rule = (sources) =>
  jobs(sources).flatMap(([name, job]) =>
    steps(sources, job)
      .filter(
        ({ run = "", shell }) => run.includes("${{") || (run.includes("|") && shell !== "bash"),
      )
      .map((step) => `${name}: ${step.run}`),
  );

const scripts: Rule = (sources) => {
  const known = (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts;
  const code = jobs(sources).flatMap(([, job]) => steps(sources, job).map(({ run = "" }) => run));
  const byName = code.flatMap((text) =>
    [...text.matchAll(/npm run (?:--silent )?([a-z:]+)/g)].map((all) => all[1]!),
  );
  // A step that is to be interrupted runs the script's program itself.
  const byProgram = Object.keys(known).filter((script) =>
    code.some((text) => text.startsWith(`exec ${known[script]}`)),
  );
  const called = new Set([...byName, ...byProgram]);
  return [
    ...same("scripts", [...called].sort(), Object.keys(SUITES).sort()),
    ...[...called].filter((script) => !(script in known)).map((script) => `no script ${script}`),
    ...Object.entries(SUITES).flatMap(([script, suite]) => {
      const exists = existsSync(path.join(CHECKOUT, suite));
      const runs = exists && read(suite).includes(`npm run ${script}`);
      return runs ? [] : [`${suite} does not run \`npm run ${script}\``];
    }),
  ];
};

/** CI is what anybody can run, and the other jobs have the same Terraform and Node. */
const ci: Rule = (sources) => {
  const terraform = /terraform_version=(\S+)/.exec(read(".ci/run"))![1];
  return jobs(sources).flatMap(([name, job]) => {
    const all = steps(sources, job);
    const inputs = (action: string, input: string, expected: unknown) =>
      all.filter(uses(action)).flatMap((step) => same(name, step.with?.[input], expected));
    return [
      ...(name === "ci.yml/ci"
        ? same(
            name,
            all.flatMap(({ run = [] }) => run),
            [".ci/run"],
          )
        : []),
      ...inputs("hashicorp/setup-terraform", "terraform_version", terraform),
      ...inputs("actions/setup-node", "node-version-file", ".nvmrc"),
    ];
  });
};

export const RULES: Record<string, Rule> = {
  pinned,
  events,
  permissions,
  tokens,
  secrets,
  checkouts,
  concurrency,
  locks,
  regions,
  artifacts,
  timeouts,
  shell,
  scripts,
  ci,
};
