import { LOCK_KEY, STATE_KEY, WORKSPACE_KEY_PREFIX } from "../state/backend";
import type { Statement } from "./policy-document";

/** The states of all regions, and what lies beside them. */
const ALL_KEYS = `${WORKSPACE_KEY_PREFIX}/*`;

/** What is done in the state's bucket. */
export const STATE_ACTIONS = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"];

/** Reads the states of all regions, and takes and releases their locks. */
export function readState(bucket: string): Statement[] {
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
      Resource: `arn:aws:s3:::${bucket}/${ALL_KEYS}/${LOCK_KEY}`,
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
