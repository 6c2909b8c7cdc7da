import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { App, TerraformStack } from "cdktf";
import { stackDirectory } from "../synthesis";
import { UserError } from "../user-error";
import { configureBackend, LOCAL_WORKSPACES, STATE_KEY, type StateSettings } from "./backend";
import { requireKnownProviders } from "./providers";
import { terraform, TerraformError } from "./terraform";

export interface WorkspaceProps {
  /** The project's root, which has cdktf.out. */
  readonly root: string;
  /** The stack whose workspace it is. */
  readonly stackId: string;
  readonly state: StateSettings;
  /** The workspace, which is the region. */
  readonly region: string;
}

/** One output of a deployed stack, as `terraform output -json` gives it. */
interface TerraformOutputValue {
  readonly value: unknown;
}

/** A resource in the file of Terraform's state, version 4. */
interface StateResource {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  readonly instances: readonly { readonly attributes?: Readonly<Record<string, unknown>> }[];
}

/**
 * Makes the region's workspace where it does not exist, and selects it for the stack.
 *
 * `cdktf deploy` cannot: its `terraform init` stops at a hidden question when the workspace is
 * new. This runs in a folder that holds the stack's backend and nothing else, so no provider is
 * downloaded, and shares the stack's data folder, so the selection is the stack's.
 *
 * @throws UserError when the state cannot be reached, would be left behind, or names providers that
 *   are not the fleet's.
 */
export function prepareWorkspace(props: WorkspaceProps): void {
  requireNoLocalState(props);
  const { directory, variables } = initialise(props);
  run(props, () =>
    terraform(
      ["workspace", "select", "-no-color", "-or-create=true", props.region],
      directory,
      variables,
    ),
  );
  const json = run(props, () => terraform(["state", "pull"], directory, variables));
  requireKnownProviders(parseResources(json), props.region);
}

/** The outputs of the region's fleet; none where it is not deployed. */
export function readOutputs(props: WorkspaceProps): Readonly<Record<string, unknown>> {
  const json = readState(props, ["output", "-no-color", "-json"]) || "{}";
  const outputs = JSON.parse(json) as Record<string, TerraformOutputValue>;
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

/** A resource as the state has it. */
export interface DeployedResource {
  readonly type: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The resources of the region's fleet; none where it is not deployed. */
export function readResources(props: WorkspaceProps): DeployedResource[] {
  return parseResources(readState(props, ["state", "pull"]))
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ type, name, instances }) =>
      instances.map(({ attributes = {} }) => ({ type, name, attributes })),
    );
}

/** The resources in what `terraform state pull` prints: nothing where no state has been written. */
function parseResources(json: string): readonly StateResource[] {
  const { resources = [] } = JSON.parse(json.trim() || "{}") as { resources?: StateResource[] };
  return resources;
}

/** What Terraform says of the region's state; nothing where there is no workspace. */
function readState(props: WorkspaceProps, command: readonly string[]): string {
  const { directory, variables } = initialise(props);
  const workspaces = run(props, () =>
    terraform(["workspace", "list", "-no-color"], directory, variables),
  );
  // Asked for the state of a workspace that does not exist, Terraform would make it.
  if (!workspaces.split(/[\s*]+/).includes(props.region)) return "";
  return run(props, () =>
    terraform(command, directory, { ...variables, TF_WORKSPACE: props.region }),
  );
}

function initialise({ root, stackId, state, region }: WorkspaceProps) {
  // As deep below the root as the stack's own folder: the local backend's path is relative.
  const directory = path.join(root, "cdktf.out", "workspace", stackId);
  mkdirSync(directory, { recursive: true });
  const stack = new TerraformStack(new App({ outdir: directory }), stackId);
  configureBackend(stack, state);
  const { backend } = (stack.toTerraform() as { terraform: { backend: object } }).terraform;
  writeFileSync(
    path.join(directory, "backend.tf.json"),
    JSON.stringify({ terraform: { backend } }, null, 2),
  );

  const variables = {
    TF_DATA_DIR: path.join(stackDirectory(root, stackId), ".terraform"),
    // The variable would override the selection.
    TF_WORKSPACE: undefined,
  };
  run({ state, region }, () =>
    // Under `default`, which always exists: a workspace selected earlier may not.
    terraform(["init", "-no-color", "-input=false"], directory, {
      ...variables,
      TF_WORKSPACE: "default",
    }),
  );
  return { directory, variables };
}

/** Says what Terraform's errors about the state mean here. */
function run<Result>(
  { state, region }: Pick<WorkspaceProps, "state" | "region">,
  command: () => Result,
): Result {
  try {
    return command();
  } catch (error) {
    if (!(error instanceof TerraformError)) throw error;
    throw new UserError(explain(error.message, state, region));
  }
}

/** Where the states are, in words. */
export function placeOf(state: StateSettings): string {
  return state.kind === "s3"
    ? `the bucket ${state.bucket}`
    : `the local folder ${LOCAL_WORKSPACES}`;
}

function explain(message: string, state: StateSettings, region: string): string {
  const place = placeOf(state);
  if (message.includes("Backend configuration changed")) {
    return (
      `This checkout has kept its state elsewhere until now, and the environment says ${place}. ` +
      "Set STATE_BUCKET and STATE_REGION as before; or, if nothing is deployed from there, remove cdktf.out and try again."
    );
  }
  if (state.kind === "s3" && /bucket "[^"]*" does not exist|NoSuchBucket/.test(message)) {
    return (
      `The state bucket ${state.bucket} does not exist in ${state.region}. ` +
      `Type: STATE_BUCKET=${state.bucket} STATE_REGION=${state.region} npm run state:create`
    );
  }
  if (/No valid credential sources|failed to refresh cached credentials/i.test(message)) {
    return `There are no AWS credentials, and the state is in ${place}. README.md says how to set them.`;
  }
  if (/ExpiredToken/.test(message)) {
    return "The AWS credentials have expired. A Learner Lab gives new ones with each start of the lab.";
  }
  if (/StatusCode: 403|AccessDenied/.test(message)) {
    return (
      `These AWS credentials may not do what the state of ${region} in ${place} needs:\n${message}\n` +
      "Are they of the account that has the bucket? A role that only plans cannot make a workspace, either; " +
      `where there is none yet, somebody else types: TF_WORKSPACE=${region} npm run workspace`
    );
  }
  return `Terraform cannot use the state in ${place}:\n${message}`;
}

/** A fleet whose state is local would be forgotten, and go on costing money, under another backend. */
function requireNoLocalState({ root, state, region }: WorkspaceProps): void {
  if (state.kind === "local") return;
  const file = path.join(root, LOCAL_WORKSPACES, region, STATE_KEY);
  if (!existsSync(file)) return;
  const { resources } = JSON.parse(readFileSync(file, "utf8")) as { resources?: unknown[] };
  if (resources === undefined || resources.length === 0) return;
  throw new UserError(
    `The fleet of ${region} has its state in ${path.relative(root, file)}, with ${resources.length} resources, and ` +
      `STATE_BUCKET is ${state.bucket}. Destroy that fleet first, without STATE_BUCKET: ` +
      `TF_WORKSPACE=${region} npm run destroy; or move its state as README.md says.`,
  );
}
