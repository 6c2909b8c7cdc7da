import { UserError } from "../../common/user-error";
import {
  FLEETS_KEY_PREFIX,
  LOCAL_FLEETS,
  localWorkspaces,
  STATE_KEY,
  workspaceKeyPrefix,
} from "../../fleet/stack/backend";
import { STACK_ID } from "../../fleet/names";
import { BackendFolder, placeOf, type WorkspaceProps } from "./backend-folder";
import { fleetOf, parseResources } from "./resources";

/**
 * Finds a state of the fleet that is where states were before fleets had folders of their own. To be
 * asked where there is none in the fleet's folder.
 *
 * @throws UserError with the command that moves it; without it, the fleet would be taken for not deployed.
 */
export function requireNoFormerState(props: WorkspaceProps): void {
  // There were fleets alone.
  if (props.stackId !== STACK_ID) return;
  const resources = parseResources(new BackendFolder(props, undefined).read(["state", "pull"]));
  if (resources.length === 0) return;
  const { fleet, region, state } = props;
  const owner = fleetOf(resources);
  if (owner !== undefined && owner !== fleet) return;
  throw new UserError(
    `The state of ${region} in ${placeOf(state)}, with ${resources.length} resources, is where it was before fleets had ` +
      `folders of their own. While nobody plans or deploys, move it to the folder of ${fleet}:\n${moveCommand(props)}`,
  );
}

function moveCommand({ fleet, region, state }: WorkspaceProps): string {
  if (state.kind === "local") {
    const target = `${localWorkspaces(fleet)}/${region}`;
    // With Terraform's backup of the state.
    return `mkdir -p ${target} && mv ${LOCAL_FLEETS}/${region}/* ${target}/ && rmdir ${LOCAL_FLEETS}/${region}`;
  }
  const bucket = `s3://${state.bucket}`;
  return (
    `aws s3 mv --region ${state.region} ${bucket}/${FLEETS_KEY_PREFIX}/${region}/${STATE_KEY} ` +
    `${bucket}/${workspaceKeyPrefix(fleet)}/${region}/${STATE_KEY}`
  );
}
