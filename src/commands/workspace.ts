import { prepareWorkspace } from "../state/workspace";
import { reportUserErrors } from "../user-error";
import { loadDeployment, requireTools } from "./deployment";

// The argument is the script on whose behalf this runs, for the messages to name.
const [script = "workspace"] = process.argv.slice(2);

void reportUserErrors(() => {
  const deployment = loadDeployment(script);
  requireTools(deployment);
  prepareWorkspace(deployment.workspace);
  console.log(`Workspace ${deployment.workspace.region} is ready.`);
});
