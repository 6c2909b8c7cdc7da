import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { App, TerraformStack } from "cdktf";
import { kindOfStack } from "./stack-kind";
import { outputDirectory, stackDirectory } from "./synthesis";
import { UserError } from "../../common/user-error";
import {
  configureBackend,
  FLEET_STATES,
  workspaceKeyPrefix,
  type StateFolders,
  type StateSettings,
} from "../../fleet/stack/backend";
import { terraform, TerraformError } from "./terraform";

export interface WorkspaceProps {
  /** The project's root, which has cdktf.out. */
  readonly root: string;
  /** The stack whose workspace it is. */
  readonly stackId: string;
  readonly state: StateSettings;
  /** The fleet's name, or that of a consumer's clients. */
  readonly fleet: string;
  /** The workspace, which is the region. */
  readonly region: string;
}

/** What Terraform keeps, in its data folder, of the backend that it has last been initialised with. */
interface InitialisedBackend {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * A folder that has a fleet's backend and nothing else, so that Terraform downloads no provider to
 * look at the states there.
 */
export class BackendFolder {
  private readonly directory: string;
  private readonly variables: Readonly<Record<string, string | undefined>>;

  /**
   * @param fleet without one, the states are looked for where they were before fleets had folders of
   *   their own. With one, the folder shares the stack's data folder, so that what is selected here
   *   is the stack's.
   * @throws UserError when the state cannot be reached, or was elsewhere until now.
   */
  constructor(
    private readonly props: WorkspaceProps,
    fleet: string | undefined,
  ) {
    const { root, stackId, state } = props;
    // As deep below the root as the stack's own folder: the local backend's path is relative.
    const name = fleet === undefined ? "former-layout" : stackId;
    const { states } = kindOfStack(stackId);
    this.directory = path.join(outputDirectory(root, stackId), "workspace", name);
    mkdirSync(this.directory, { recursive: true });
    const stack = new TerraformStack(new App({ outdir: this.directory }), stackId);
    configureBackend(stack, state, fleet, states);
    const { backend } = (stack.toTerraform() as { terraform: { backend: object } }).terraform;
    writeFileSync(
      path.join(this.directory, "backend.tf.json"),
      JSON.stringify({ terraform: { backend } }, null, 2),
    );

    const dataFolder = path.join(
      fleet === undefined ? this.directory : stackDirectory(root, stackId),
      ".terraform",
    );
    if (fleet !== undefined) requireSamePlace(dataFolder, props, fleet);
    this.variables = {
      TF_DATA_DIR: dataFolder,
      // The variable would override the selection.
      TF_WORKSPACE: undefined,
    };
    // Reconfigured, as what differs can only be the fleet, whose states stay where they are. Under
    // `default`, which always exists: a workspace selected earlier may not.
    this.terraform(["init", "-no-color", "-input=false", "-reconfigure"], "default");
  }

  /** Makes the region's workspace where it does not exist, and selects it. */
  select(): void {
    // Terraform takes a workspace of the same name that another fleet has selected for this one's.
    this.terraform(["workspace", "select", "-no-color", "default"]);
    this.terraform(["workspace", "select", "-no-color", "-or-create=true", this.props.region]);
  }

  /** What Terraform says of the region's state; nothing where there is no workspace. */
  read(command: readonly string[]): string {
    const workspaces = this.terraform(["workspace", "list", "-no-color"]);
    // Asked for the state of a workspace that does not exist, Terraform would make it.
    if (!workspaces.split(/[\s*]+/).includes(this.props.region)) return "";
    return this.terraform(command, this.props.region);
  }

  private terraform(args: readonly string[], workspace?: string): string {
    try {
      return terraform(args, this.directory, {
        ...this.variables,
        ...(workspace !== undefined && { TF_WORKSPACE: workspace }),
      });
    } catch (error) {
      if (!(error instanceof TerraformError)) throw error;
      throw new UserError(explain(error.message, this.props));
    }
  }
}

/** Where the states are, in words. */
export function placeOf(state: StateSettings, folders = FLEET_STATES): string {
  return state.kind === "s3" ? `the bucket ${state.bucket}` : `the local folder ${folders.local}`;
}

/** A fleet whose state is elsewhere would be forgotten, and go on costing money. */
function requireSamePlace(
  dataFolder: string,
  { state, stackId }: WorkspaceProps,
  fleet: string,
): void {
  const { noun, states } = kindOfStack(stackId);
  const file = path.join(dataFolder, "terraform.tfstate");
  if (!existsSync(file)) return;
  const { backend } = JSON.parse(readFileSync(file, "utf8")) as { backend?: InitialisedBackend };
  if (backend === undefined) return;
  const before: StateSettings =
    backend.type === "s3"
      ? {
          kind: "s3",
          bucket: String(backend.config["bucket"]),
          region: String(backend.config["region"]),
        }
      : { kind: "local" };
  const same =
    before.kind === "s3" && state.kind === "s3"
      ? before.bucket === state.bucket && before.region === state.region
      : before.kind === state.kind;
  if (same) {
    const { workspace_key_prefix: prefix, workspace_dir: folder } = backend.config;
    const other = path.basename(String(prefix ?? folder));
    if (![fleet, states.keyPrefix, states.local].includes(other)) {
      console.error(
        `This checkout was of the ${noun} ${other} until now. What is deployed of that stays, with its state.`,
      );
    }
    return;
  }
  const asBefore =
    before.kind === "s3"
      ? `Set STATE_BUCKET=${before.bucket} and STATE_REGION=${before.region}, as before`
      : "Unset STATE_BUCKET, as before";
  throw new UserError(
    `This checkout has kept its state in ${fullPlace(before, states)} until now, and the environment says ` +
      `${fullPlace(state, states)}. ` +
      `${asBefore}; or, if nothing is deployed from there, remove cdktf.out and try again.`,
  );
}

function fullPlace(state: StateSettings, states: StateFolders): string {
  const place = placeOf(state, states);
  return state.kind === "s3" ? `${place} in ${state.region}` : place;
}

/** Says what Terraform's errors about the state mean here. */
function explain(message: string, { state, region, fleet, stackId }: WorkspaceProps): string {
  const { states } = kindOfStack(stackId);
  const place = placeOf(state, states);
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
      `These AWS credentials may not do what the state of ${region} in ${place}, ${workspaceKeyPrefix(fleet, states)}/, needs:\n${message}\n` +
      "Are they of the account that has the bucket? A role that only plans cannot make a workspace, either; " +
      `where there is none yet, somebody else types: TF_WORKSPACE=${region} npm run workspace. ` +
      "Roles from before fleets had folders of their own are brought up to date by npm run roles:deploy"
    );
  }
  return `Terraform cannot use the state in ${place}:\n${message}`;
}
