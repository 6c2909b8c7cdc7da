import { LocalBackend, S3Backend, type S3BackendConfig, type TerraformStack } from "cdktf";

/** Where the Terraform state lives. */
export type StateSettings =
  | { readonly kind: "local" }
  | { readonly kind: "s3"; readonly bucket: string; readonly region: string };

/** A state in an S3 bucket. */
export type S3State = Extract<StateSettings, { kind: "s3" }>;

/** The S3 folder that holds a folder for each workspace, which is to say for each region. */
export const WORKSPACE_KEY_PREFIX = "proxy-fleet";

/** The state's file name in a workspace's folder. */
export const STATE_KEY = "terraform.tfstate";

/** The name of the lock object beside the state, which Terraform derives from the state's. */
export const LOCK_KEY = `${STATE_KEY}.tflock`;

/** The folder in the project's root that holds the local state, with a folder for each workspace. */
export const LOCAL_WORKSPACES = `${STATE_KEY}.d`;

/**
 * The project's root, seen from where Terraform runs, which is
 * cdktf.out/stacks/<stack>. State is kept there because deleting cdktf.out must not cost any.
 */
const LOCAL_ROOT = "../../..";

/** Gives the stack its Terraform backend, with a state for each workspace. */
export function configureBackend(stack: TerraformStack, state: StateSettings): void {
  if (state.kind === "local") {
    new LocalBackend(stack, {
      path: `${LOCAL_ROOT}/${STATE_KEY}`,
      workspaceDir: `${LOCAL_ROOT}/${LOCAL_WORKSPACES}`,
    });
    return;
  }
  configureS3(stack, state, { key: STATE_KEY, workspaceKeyPrefix: WORKSPACE_KEY_PREFIX });
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
