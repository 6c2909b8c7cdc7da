import {
  FLEETS_KEY_PREFIX,
  LOCK_KEY,
  STATE_KEY,
  workspaceKeyPrefix,
} from "../../fleet/stack/backend";
import type { Statement } from "../../fleet/identity/policy-document";

/** What is done in the state's bucket. */
export const STATE_ACTIONS = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"];

export interface StateAccessProps {
  /** The fleet's name, which is that of the folder with its states. */
  readonly name: string;
  /** The S3 bucket with the state. */
  readonly bucket: string;
  /** The regions that the settings admit, whose names are those of the workspaces. */
  readonly regions: readonly string[];
}

/** Reads the fleet's states of all regions, and takes and releases the locks of the admitted ones. */
export function readState({ name, bucket, regions }: StateAccessProps): Statement[] {
  const folder = `arn:aws:s3:::${bucket}/${workspaceKeyPrefix(name)}`;
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
      // The second is the key of the workspace `default`, which `terraform init` asks for; the others
      // are where a state may still be from before fleets had folders of their own.
      Resource: [
        `${folder}/*`,
        `arn:aws:s3:::${bucket}/${STATE_KEY}`,
        ...regions.map(
          (region) => `arn:aws:s3:::${bucket}/${FLEETS_KEY_PREFIX}/${region}/${STATE_KEY}`,
        ),
      ],
    },
    {
      Sid: "LockState",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:DeleteObject"],
      // Each by its name: a pattern would match slashes too, and so keys of any depth.
      Resource: regions.map((region) => `${folder}/${region}/${LOCK_KEY}`),
    },
  ];
}

/** Writes the fleet's states of all regions besides; none can be deleted, and their old versions stay. */
export function writeState({ name, bucket }: StateAccessProps): Statement {
  return {
    Sid: "WriteState",
    Effect: "Allow",
    Action: ["s3:PutObject"],
    Resource: `arn:aws:s3:::${bucket}/${workspaceKeyPrefix(name)}/*/${STATE_KEY}`,
  };
}
