import { PROJECT_ROOT } from "../../common/project-root";
import { loadConfiguration, type Configuration } from "../../configuration/configuration";
import { requireDocker } from "../../common/docker-engine";
import { STACK_ID } from "../../fleet/names";
import { requireTerraform } from "../terraform/terraform";
import type { WorkspaceProps } from "../terraform/backend-folder";
import { UserError } from "../../common/user-error";

/** What a command on one region's fleet works with. */
export interface Deployment extends Pick<Configuration, "settings" | "rules"> {
  readonly workspace: WorkspaceProps;
}

/** @throws UserError for wrong settings or variables, or when `TF_WORKSPACE` names no region. */
export function loadDeployment(script: string): Deployment {
  const { settings, rules, environment } = loadConfiguration(PROJECT_ROOT, process.env);
  const { state, workspace: region } = environment;
  if (region === undefined) {
    throw new UserError(
      `TF_WORKSPACE is not set, and it is the fleet's region: ${settings.regions.join(", ")}. ` +
        `Type: TF_WORKSPACE=${settings.regions[0]} npm run ${script}`,
    );
  }
  const { name: fleet } = settings;
  const workspace = { root: PROJECT_ROOT, stackId: STACK_ID, state, fleet, region };
  return { settings, rules, workspace };
}

/** @throws UserError when the tools are missing that every plan of the fleet needs. */
export function requireTools({ settings, workspace }: Deployment): void {
  requireTerraform(workspace.root);
  if (settings.image.uri !== undefined) return;
  // The Docker provider needs the engine for every plan, and its own error names no way out.
  requireDocker(
    "The proxy's image is built here, by Docker; docs/troubleshooting.md has ways without it.",
  );
}
