import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";

/** Where the Terraform state lives. */
export type StateSettings =
  | { readonly kind: "local" }
  | { readonly kind: "s3"; readonly bucket: string; readonly region: string };

/** The S3 folder that holds a folder for each workspace, which is to say for each region. */
export const WORKSPACE_KEY_PREFIX = "proxy-fleet";

/** The state's file name in a workspace's folder. */
export const STATE_KEY = "terraform.tfstate";

/**
 * The local folder of workspaces, in the project's root: seen from where Terraform runs, which is
 * cdktf.out/stacks/<stack>, and outside cdktf.out, whose deletion must cost no state.
 */
const LOCAL_ROOT = "../../..";

/** Gives the stack its Terraform backend, with a state for each workspace. */
export function configureBackend(stack: TerraformStack, state: StateSettings): void {
  if (state.kind === "local") {
    new LocalBackend(stack, {
      path: `${LOCAL_ROOT}/${STATE_KEY}`,
      workspaceDir: `${LOCAL_ROOT}/${STATE_KEY}.d`,
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
