import { LocalBackend, S3Backend, type S3BackendConfig, type TerraformStack } from "cdktf";

/** The oldest Terraform with both lock objects in S3 and ephemeral resources. */
export const MINIMUM_TERRAFORM_VERSION = "1.10.0";

/** Where the Terraform state lives. */
export type StateSettings =
  | { readonly kind: "local" }
  | { readonly kind: "s3"; readonly bucket: string; readonly region: string };

/** A state in an S3 bucket. */
export type S3State = Extract<StateSettings, { kind: "s3" }>;

/** The S3 folder that holds a folder for each fleet, by its name. */
export const FLEETS_KEY_PREFIX = "proxy-fleet";

/** The state's file name in a workspace's folder. */
export const STATE_KEY = "terraform.tfstate";

/** The name of the lock object beside the state, which Terraform derives from the state's. */
export const LOCK_KEY = `${STATE_KEY}.tflock`;

/** The folder in the project's root that holds the local states, with a folder for each fleet. */
export const LOCAL_FLEETS = `${STATE_KEY}.d`;

/** Where the states are of stacks of one kind, with a folder for each by its name. */
export interface StateFolders {
  /** The folder in S3. */
  readonly keyPrefix: string;
  /** The folder in the project's root. */
  readonly local: string;
  /**
   * The project's root, seen from where Terraform runs. State is kept there because deleting cdktf.out
   * must not cost any.
   */
  readonly root: string;
}

/** Of fleets, which run in cdktf.out/stacks/<stack>. */
export const FLEET_STATES: StateFolders = {
  keyPrefix: FLEETS_KEY_PREFIX,
  local: LOCAL_FLEETS,
  root: "../../..",
};

/** Of consumers' clients, which run in a folder of their own: cdktf.out/<stack>/stacks/<stack>. */
export const CLIENT_STATES: StateFolders = {
  keyPrefix: "proxy-client",
  local: `${STATE_KEY}.proxy-client.d`,
  root: "../../../..",
};

/** In S3, the folder of a fleet, which holds one for each workspace, which is to say for each region. */
export function workspaceKeyPrefix(fleet: string, { keyPrefix } = FLEET_STATES): string {
  return `${keyPrefix}/${fleet}`;
}

/** The same for the local state, below the project's root. */
export function localWorkspaces(fleet: string, { local } = FLEET_STATES): string {
  return `${local}/${fleet}`;
}

/**
 * Gives the stack its Terraform backend, with a state for each workspace.
 *
 * @param fleet the fleet's name; without one the states are where they were before fleets had
 *   folders of their own.
 * @param folders those of the stack's kind.
 */
export function configureBackend(
  stack: TerraformStack,
  state: StateSettings,
  fleet: string | undefined,
  folders = FLEET_STATES,
): void {
  if (state.kind === "local") {
    const workspaces = fleet === undefined ? folders.local : localWorkspaces(fleet, folders);
    new LocalBackend(stack, {
      path: `${folders.root}/${STATE_KEY}`,
      workspaceDir: `${folders.root}/${workspaces}`,
    });
    return;
  }
  const prefix = fleet === undefined ? folders.keyPrefix : workspaceKeyPrefix(fleet, folders);
  configureS3(stack, state, { key: STATE_KEY, workspaceKeyPrefix: prefix });
}

/**
 * Gives a stack that belongs to no region its Terraform backend: one state, that of the workspace
 * `default`.
 *
 * @param folder where the state is in the bucket.
 */
export function configureBackendWithoutWorkspaces(
  stack: TerraformStack,
  state: S3State,
  folder: string,
): void {
  configureS3(stack, state, { key: `${folder}/${STATE_KEY}` });
}

function configureS3(
  stack: TerraformStack,
  { bucket, region }: S3State,
  keys: Pick<S3BackendConfig, "key" | "workspaceKeyPrefix">,
): void {
  const backend = new S3Backend(stack, { bucket, region, ...keys, encrypt: true });
  // A lock object beside the state (Terraform 1.10); cdktf's bindings are older than it.
  backend.addOverride("use_lockfile", true);
}
