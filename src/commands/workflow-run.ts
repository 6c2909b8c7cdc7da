/** The variables that GitHub gives every step of a workflow, and this project uses. */
type Variables = Readonly<Record<string, string | undefined>>;

/** The workflow's run that this is part of, with the artifact of a region's plan, if it is part of one. */
export function workflowRun(
  variables: Variables,
  region: string,
): { url: string; artifact: string } | undefined {
  const {
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: run,
  } = variables;
  if (!server || !repository || !run) return undefined;
  return { url: `${server}/${repository}/actions/runs/${run}`, artifact: `plan-${region}` };
}
