import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";

/** Where the Terraform state lives. */
export type StateSettings =
  | { readonly kind: "local" }
  | { readonly kind: "s3"; readonly bucket: string; readonly region: string };

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
  const backend = new S3Backend(stack, {
    bucket: state.bucket,
    region: state.region,
    key: STATE_KEY,
    workspaceKeyPrefix: WORKSPACE_KEY_PREFIX,
    encrypt: true,
  });
  // A lock object beside the state (Terraform 1.10); cdktf's bindings are older than it.
  backend.addOverride("use_lockfile", true);
}
