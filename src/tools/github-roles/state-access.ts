import { LOCK_KEY, STATE_KEY, WORKSPACE_KEY_PREFIX } from "../../state/backend";
import type { Statement } from "../../identity/policy-document";

/** The states of all regions, and what lies beside them. */
const ALL_KEYS = `${WORKSPACE_KEY_PREFIX}/*`;

/** What is done in the state's bucket. */
export const STATE_ACTIONS = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"];

export interface StateAccessProps {
  /** The S3 bucket with the state. */
  readonly bucket: string;
  /** The regions that the settings admit, whose names are those of the workspaces. */
  readonly regions: readonly string[];
}

/** Reads the states of all regions, and takes and releases the locks of the admitted ones. */
export function readState({ bucket, regions }: StateAccessProps): Statement[] {
  return [
    {
      Sid: "ListState",
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      // Without a condition on the prefix: S3 would say "forbidden" of a key that does not exist.
      Resource: `arn:aws:s3:::${bucket}`,
    },
    {
      Sid: "ReadState",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      // The second is the key of the workspace `default`, which `terraform init` asks for.
      Resource: [`arn:aws:s3:::${bucket}/${ALL_KEYS}`, `arn:aws:s3:::${bucket}/${STATE_KEY}`],
    },
    {
      Sid: "LockState",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:DeleteObject"],
      // Each by its name: a pattern would match slashes too, and so keys of any depth.
      Resource: regions.map(
        (region) => `arn:aws:s3:::${bucket}/${WORKSPACE_KEY_PREFIX}/${region}/${LOCK_KEY}`,
      ),
    },
  ];
}

/** Writes the states of all regions besides; none can be deleted, and their old versions stay. */
export function writeState(bucket: string): Statement {
  return {
    Sid: "WriteState",
    Effect: "Allow",
    Action: ["s3:PutObject"],
    Resource: `arn:aws:s3:::${bucket}/${ALL_KEYS}/${STATE_KEY}`,
  };
}
