import { dockerFailure } from "../docker-engine";
import { requireTerraform } from "../state/terraform";
import { prepareWorkspace } from "../state/workspace";
import { reportUserErrors, UserError } from "../user-error";
import { loadDeployment } from "./deployment";

// The argument is the script on whose behalf this runs, for the messages to name.
const [script = "workspace"] = process.argv.slice(2);

void reportUserErrors(() => {
  const { settings, workspace } = loadDeployment(script);
  requireTerraform(workspace.root);
  if (settings.image.uri === undefined) requireDocker();
  prepareWorkspace(workspace);
  console.log(`Workspace ${workspace.region} is ready.`);
});

/** The Docker provider needs the engine for every plan, and its own error names no way out. */
function requireDocker(): void {
  const failure = dockerFailure();
  if (failure === undefined) return;
  throw new UserError(
    `The proxy's image is built here, and no Docker engine answers (${failure}). ` +
      "Start Docker, or see README.md, Troubleshooting, for the ways without it.",
  );
}
