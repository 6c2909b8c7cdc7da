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

/**
 * The project's root, seen from where Terraform runs, which is
 * cdktf.out/stacks/<stack>. State is kept there because deleting cdktf.out must not cost any.
 */
const LOCAL_ROOT = "../../..";

/** In S3, the folder of a fleet, which holds one for each workspace, which is to say for each region. */
export function workspaceKeyPrefix(fleet: string): string {
  return `${FLEETS_KEY_PREFIX}/${fleet}`;
}

/** The same for the local state, below the project's root. */
export function localWorkspaces(fleet: string): string {
  return `${LOCAL_FLEETS}/${fleet}`;
}

/**
 * Gives the stack its Terraform backend, with a state for each workspace.
 *
 * @param fleet the fleet's name; without one the states are where they were before fleets had
 *   folders of their own.
 */
export function configureBackend(
  stack: TerraformStack,
  state: StateSettings,
  fleet: string | undefined,
): void {
  if (state.kind === "local") {
    const workspaces = fleet === undefined ? LOCAL_FLEETS : localWorkspaces(fleet);
    new LocalBackend(stack, {
      path: `${LOCAL_ROOT}/${STATE_KEY}`,
      workspaceDir: `${LOCAL_ROOT}/${workspaces}`,
    });
    return;
  }
  const prefix = fleet === undefined ? FLEETS_KEY_PREFIX : workspaceKeyPrefix(fleet);
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
