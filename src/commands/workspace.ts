import { protectedAddresses } from "../deletion-guard";
import { prepareWorkspace, readResources } from "../state/workspace";
import { reportUserErrors, UserError } from "../user-error";
import { loadDeployment, requireTools, type Deployment } from "./deployment";

// The argument is the script on whose behalf this runs, for the messages to name.
const [script = "workspace"] = process.argv.slice(2);

void reportUserErrors(() => {
  const deployment = loadDeployment(script);
  if (script === "destroy") requireProtectionOff(deployment);
  requireTools(deployment);
  prepareWorkspace(deployment.workspace);
  if (script === "destroy") requireNothingProtected(deployment);
  console.log(`Workspace ${deployment.workspace.region} is ready.`);
});

/** Terraform would say the same of the first resource that it may not destroy, without the way out. */
function requireProtectionOff({ settings, workspace: { region } }: Deployment): void {
  if (settings.deletionProtection === "off") return;
  throw new UserError(
    `deletionProtection is "on", so the fleet of ${region} is not destroyed. To destroy it all the same, set ` +
      `"deletionProtection": "off" in cdktf.json and type: ${deployAndDestroy(region)}`,
  );
}

/** AWS would refuse with half of the fleet gone. */
function requireNothingProtected({ workspace }: Deployment): void {
  const addresses = protectedAddresses(readResources(workspace));
  if (addresses.length === 0) return;
  throw new UserError(
    `deletionProtection is "off", but not yet deployed to ${workspace.region}, where AWS still protects ` +
      `${addresses.join(", ")}. Type: ${deployAndDestroy(workspace.region)}`,
  );
}

function deployAndDestroy(region: string): string {
  return `TF_WORKSPACE=${region} npm run deploy && TF_WORKSPACE=${region} npm run destroy`;
}
