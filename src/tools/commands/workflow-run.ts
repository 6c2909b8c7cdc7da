import type { WorkflowRun } from "../plan-review/comment";

/**
 * The run of a workflow that this is part of, if it is part of one, from the variables that GitHub
 * gives every step, and `COMMIT`: of a pull request GitHub's own is a merge that nobody has seen.
 */
export function workflowRun(
  variables: Readonly<Record<string, string | undefined>>,
  region: string,
): WorkflowRun | undefined {
  const {
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: run,
    COMMIT: commit = variables["GITHUB_SHA"],
  } = variables;
  if (!server || !repository || !run || !commit) return undefined;
  const url = `${server}/${repository}/actions/runs/${run}`;
  return { url, commit: commit.slice(0, 7), artifact: `plan-${region}` };
}
