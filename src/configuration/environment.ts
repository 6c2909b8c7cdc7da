import type { StateSettings } from "../fleet/stack/backend";
import { alternatives } from "../common/user-error";
import { nearestRegion, REGION_PATTERN } from "../common/regions";

/** What differs from person to person and is therefore no setting: read from the environment. */
export interface Environment {
  /** Where the Terraform state lives: `STATE_BUCKET` and `STATE_REGION`, or a local folder. */
  readonly state: StateSettings;
  /** The Terraform workspace, which is the region: `TF_WORKSPACE`, Terraform's own variable. */
  readonly workspace?: string;
}

/** What {@link parseEnvironment} found: the environment, or every mistake in it, a line each. */
export type ParsedEnvironment = { environment: Environment } | { mistakes: string[] };

const DEFAULT_STATE_REGION = "us-east-1";
const BUCKET_PATTERN = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/**
 * Validates the environment variables that the project reads.
 *
 * @param variables usually `process.env`; an empty variable counts as absent.
 * @param regions the regions that the settings admit, or nothing where the settings are wrong.
 */
export function parseEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  regions?: readonly string[],
): ParsedEnvironment {
  const bucket = variables["STATE_BUCKET"] || undefined;
  const stateRegion = variables["STATE_REGION"] || undefined;
  const workspace = variables["TF_WORKSPACE"] || undefined;

  const mistakes: string[] = [];
  const reject = (name: string, given: string, allowed: string) =>
    mistakes.push(`${name}: ${JSON.stringify(given)} is not allowed. Allowed: ${allowed}.`);

  if (bucket !== undefined && !BUCKET_PATTERN.test(bucket)) {
    const allowed =
      "an S3 bucket name: 3 to 63 lower-case letters, digits and hyphens, a letter or digit at both ends";
    reject("STATE_BUCKET", bucket, allowed);
  }
  if (stateRegion !== undefined && !REGION_PATTERN.test(stateRegion)) {
    const allowed = nearestRegion(stateRegion) ?? "the state bucket's region, such as us-east-1";
    reject("STATE_REGION", stateRegion, allowed);
  } else if (stateRegion !== undefined && bucket === undefined) {
    reject("STATE_REGION", stateRegion, "only together with STATE_BUCKET, whose region it is");
  }
  if (workspace !== undefined && regions !== undefined && !regions.includes(workspace)) {
    const allowed =
      nearestRegion(workspace, regions) ??
      `${alternatives(regions)}: the workspace is the region, and these are the fleet's`;
    reject("TF_WORKSPACE", workspace, allowed);
  }
  if (mistakes.length > 0) return { mistakes };

  const state: StateSettings =
    bucket === undefined
      ? { kind: "local" }
      : { kind: "s3", bucket, region: stateRegion ?? DEFAULT_STATE_REGION };
  return { environment: { state, ...(workspace !== undefined && { workspace }) } };
}
