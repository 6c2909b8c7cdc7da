import { protectedAddresses } from "../../fleet/stack/deletion-guard";
import { requireTerraform } from "../terraform/terraform";
import { placeOf } from "../terraform/backend-folder";
import { noFleet, prepareWorkspace, readResources } from "../terraform/workspace";
import { reportUserErrors, UserError } from "../../common/user-error";
import { loadDeployment, requireTools, type Deployment } from "./deployment";

// The argument is the script on whose behalf this runs, for the messages to name.
const [script = "workspace"] = process.argv.slice(2);

void reportUserErrors(() => {
  const deployment = loadDeployment(script);
  const { region, state, fleet } = deployment.workspace;
  if (script === "destroy") requireProtectionOff(deployment);
  // A workspace alone takes no image, and so no Docker.
  if (script === "workspace") requireTerraform(deployment.workspace.root);
  else requireTools(deployment);
  if (script === "destroy") requireDestroyable(deployment);
  prepareWorkspace(deployment.workspace);
  console.log(
    `Workspace ${region} of the fleet ${fleet} is ready. Its state is in ${placeOf(state)}.`,
  );
});

/** Terraform would say the same of the first resource that it may not destroy, without the way out. */
function requireProtectionOff({ settings, workspace: { region } }: Deployment): void {
  if (settings.deletionProtection === "off") return;
  throw new UserError(
    `deletionProtection is "on", so the fleet of ${region} is not destroyed. To destroy it all the same, set ` +
      `"deletionProtection": "off" in cdktf.json and type: ${deployAndDestroy(region)}`,
  );
}

/** Without a fleet Terraform would destroy nothing and call it done; a protected one, only half of it. */
function requireDestroyable({ workspace }: Deployment): void {
  const { region } = workspace;
  const resources = readResources(workspace);
  if (resources.length === 0) {
    throw new UserError(`There is nothing to destroy. ${noFleet(workspace)}`);
  }
  const addresses = protectedAddresses(resources);
  if (addresses.length === 0) return;
  throw new UserError(
    `deletionProtection is "off", but not yet deployed to ${region}, where AWS still protects ` +
      `${addresses.join(", ")}. Type: ${deployAndDestroy(region)}`,
  );
}

function deployAndDestroy(region: string): string {
  return `TF_WORKSPACE=${region} npm run deploy && TF_WORKSPACE=${region} npm run destroy`;
}
