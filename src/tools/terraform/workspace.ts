import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../common/user-error";
import { localWorkspaces, STATE_KEY } from "../../fleet/stack/backend";
import type { DeployedResource } from "../../fleet/stack/deletion-guard";
import { BackendFolder, placeOf, type WorkspaceProps } from "./backend-folder";
import { requireNoFormerState } from "./former-layout";
import { requireKnownProviders } from "./providers";
import { kindOfStack } from "./stack-kind";
import { fleetOf, parseResources, type StateResource } from "./resources";

/** One output of a deployed stack, as `terraform output -json` gives it. */
interface TerraformOutputValue {
  readonly value: unknown;
}

/**
 * Makes the region's workspace where it does not exist, and selects it for the stack.
 *
 * `cdktf deploy` cannot: its `terraform init` stops at a hidden question when the workspace is new.
 *
 * @throws UserError when the state cannot be reached, would be left behind, or names providers that
 *   are not the fleet's.
 */
export function prepareWorkspace(props: WorkspaceProps): void {
  requireNoLocalState(props);
  const folder = new BackendFolder(props, props.fleet);
  requireKnownProviders(readState(props, folder), props.region);
  folder.select();
}

/** The outputs of the region's fleet; none where it is not deployed. */
export function readOutputs(props: WorkspaceProps): Readonly<Record<string, unknown>> {
  const json = new BackendFolder(props, props.fleet).read(["output", "-no-color", "-json"]) || "{}";
  const outputs = JSON.parse(json) as Record<string, TerraformOutputValue>;
  const entries = Object.entries(outputs);
  if (entries.length === 0) requireNoFormerState(props);
  return Object.fromEntries(entries.map(([name, { value }]) => [name, value]));
}

/** The resources of the region's fleet; none where it is not deployed. */
export function readResources(props: WorkspaceProps): DeployedResource[] {
  return readState(props, new BackendFolder(props, props.fleet))
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ type, name, instances }) =>
      instances.map(({ attributes = {} }) => ({ type, name, attributes })),
    );
}

/** Says that there is no fleet, and where else it may be. */
export function noFleet({ fleet, region, state, stackId }: WorkspaceProps): string {
  const { noun, states } = kindOfStack(stackId);
  const where = state.kind === "s3" ? "elsewhere" : "in a bucket";
  return (
    `There is no ${noun} ${fleet} of ${region} in ${placeOf(state, states)}. If its state is ${where}, set STATE_BUCKET ` +
    "and STATE_REGION as they were at its deployment."
  );
}

function readState(props: WorkspaceProps, folder: BackendFolder): readonly StateResource[] {
  const resources = parseResources(folder.read(["state", "pull"]));
  if (resources.length === 0) requireNoFormerState(props);
  return resources;
}

/** A fleet whose state is local would be forgotten, and go on costing money, under another backend. */
function requireNoLocalState({ root, state, fleet, region, stackId }: WorkspaceProps): void {
  if (state.kind === "local") return;
  const { noun, states, script } = kindOfStack(stackId);
  for (const workspaces of [localWorkspaces(fleet, states), states.local]) {
    const file = path.join(root, workspaces, region, STATE_KEY);
    const resources = existsSync(file) ? parseResources(readFileSync(file, "utf8")) : [];
    if (resources.length === 0 || (fleetOf(resources) ?? fleet) !== fleet) continue;
    throw new UserError(
      `The ${noun} of ${region} has its state in ${path.relative(root, file)}, with ${resources.length} resources, and ` +
        `STATE_BUCKET is ${state.bucket}. Destroy that ${noun} first, without STATE_BUCKET: ` +
        `TF_WORKSPACE=${region} npm run ${script("destroy")}; or move its state as docs/state.md says.`,
    );
  }
}
