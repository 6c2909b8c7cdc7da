import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";
import { parse } from "yaml";
import { CHECKOUT } from "../helpers/checkout";

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, string | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly needs?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: unknown;
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  readonly strategy?: { "fail-fast": boolean; matrix: { region: string } };
  readonly env?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The text of the workflows and actions by their path in the checkout. */
export type Sources = Readonly<Record<string, string>>;

export const sources: Sources = Object.fromEntries(
  readdirSync(path.join(CHECKOUT, ".github"), { recursive: true, encoding: "utf8" })
    .filter((file) => /^(workflows|actions)\/.*\.yml$/.test(file))
    .map((file) => `.github/${file}`)
    .map((file) => [file, readFileSync(path.join(CHECKOUT, file), "utf8")]),
);

/** The same with a mistake in it: `from` must be there, or the test would prove nothing. */
export function withMistake(file: string, from: string, to: string): Sources {
  const [name, text] = Object.entries(sources).find(([name]) => name.endsWith(`/${file}`))!;
  if (!text.includes(from)) throw new Error(`${name} does not have: ${from}`);
  return { ...sources, [name]: text.replaceAll(from, to) };
}

export function workflows(from: Sources): [string, Workflow][] {
  return Object.entries(from)
    .filter(([file]) => file.startsWith(".github/workflows/"))
    .map(([file, text]) => [path.basename(file), parse(text) as Workflow]);
}

/** All jobs, by names such as `plan.yml/comment`. */
export function jobs(from: Sources): [string, Job, Workflow][] {
  return workflows(from).flatMap(([file, workflow]) =>
    Object.entries(workflow.jobs).map(([id, job]): [string, Job, Workflow] => [
      `${file}/${id}`,
      job,
      workflow,
    ]),
  );
}

/** A job's steps, and after one that uses an action of this repository, the action's. */
export function steps(from: Sources, job: Job): Step[] {
  return (job.steps ?? []).flatMap((step) =>
    step.uses?.startsWith("./") ? [step, ...actionSteps(from, step.uses)] : [step],
  );
}

function actionSteps(from: Sources, uses: string): Step[] {
  const action = parse(from[`${path.normalize(uses)}/action.yml`]!) as { runs: { steps: Step[] } };
  return action.runs.steps;
}

/** Evaluates one of GitHub's expressions, whose syntax is JavaScript's as far as it is used here. */
export function evaluate(expression: string, context: object): unknown {
  const functions = {
    fromJSON: (json: string): unknown => JSON.parse(json),
    format: (text: string, value: string) => text.replace("{0}", value),
  };
  const bare = expression.trim().replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const value: unknown = vm.runInNewContext(bare, { ...functions, ...context });
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** What a run of a workflow starts with, as GitHub's contexts have it. */
export interface Start {
  readonly github: object;
  readonly vars: object;
}

/** What became of a job, where it is not success. */
export type Outcomes = Readonly<
  Record<string, { result?: string; outputs?: Readonly<Record<string, string>> }>
>;

/** The jobs that a run starts, those of a called workflow among them, by the names of {@link jobs}. */
export function run(from: Sources, file: string, start: Start, outcomes: Outcomes = {}): string[] {
  const workflow = new Map(workflows(from)).get(file)!;
  const needs: Record<string, { result: string; outputs: object }> = {};
  return Object.entries(workflow.jobs).flatMap(([id, job]) => {
    const name = `${file}/${id}`;
    const wanted = job.needs === undefined || needs[job.needs]!.result === "success";
    const condition = job.if ?? "true";
    const context = { ...start, needs, cancelled: () => false };
    // A condition that asks for no status implies that all went well before.
    const starts = (wanted || condition.includes("cancelled()")) && evaluate(condition, context);
    const { result = "success", outputs = {} } = outcomes[name] ?? {};
    needs[id] = { result: starts ? result : "skipped", outputs };
    if (!starts) return [];
    return job.uses === undefined
      ? [name]
      : [name, ...run(from, path.basename(job.uses), start, outcomes)];
  });
}
