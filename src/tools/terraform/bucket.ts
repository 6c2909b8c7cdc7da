import {
  BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type LifecycleRule,
  type S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { explainAwsError, nameOf } from "../../common/aws-errors";
import { UserError } from "../../common/user-error";

/** How long a superseded version of a state remains, for the day it is needed. */
const OLD_VERSION_DAYS = 90;

/** How long the parts of a broken upload remain. */
const BROKEN_UPLOAD_DAYS = 7;

/** The part of a bucket policy statement that tells one from another. */
interface PolicyStatement {
  readonly Sid?: string;
}

export interface StateBucket {
  readonly bucket: string;
  readonly region: string;
}

/** What {@link createStateBucket} found. */
type StateBucketResult = "created" | "existed";

/**
 * Makes the bucket for the Terraform state, or brings an existing one of the same account to the
 * same condition: versioned, encrypted, closed to the public, TLS only, old versions expiring.
 * Policy statements and lifecycle rules of others in an existing bucket stay.
 *
 * @throws UserError when the bucket belongs to another account or another region, or the
 *   credentials are missing, expired or insufficient.
 */
export async function createStateBucket(
  { bucket, region }: StateBucket,
  s3: S3Client,
  sts: STSClient,
): Promise<StateBucketResult> {
  try {
    const { Account: owner } = await sts.send(new GetCallerIdentityCommand({}));
    // Every further call fails if the bucket is not this account's, whatever happens in between.
    const target = { Bucket: bucket, ExpectedBucketOwner: owner };

    const exists = await bucketExists(bucket, region, s3);
    if (!exists) {
      await s3.send(
        new CreateBucketCommand({
          Bucket: bucket,
          // S3 takes every region here but its first one, which is the absence of a constraint.
          ...(region !== "us-east-1" && {
            CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
          }),
        }),
      );
    }
    await s3.send(
      new PutBucketVersioningCommand({
        ...target,
        VersioningConfiguration: { Status: "Enabled" },
      }),
    );
    await s3.send(
      new PutBucketEncryptionCommand({
        ...target,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
      }),
    );
    await s3.send(
      new PutPublicAccessBlockCommand({
        ...target,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    );
    await putTlsOnlyPolicy(target, s3);
    await putLifecycle(target, s3);
    return exists ? "existed" : "created";
  } catch (error) {
    throw explain(error, bucket, region);
  }
}

async function bucketExists(bucket: string, region: string, s3: S3Client): Promise<boolean> {
  try {
    const { BucketRegion: actual } = await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    if (actual !== undefined && actual !== region) throw wrongRegion(bucket, region, actual);
    return true;
  } catch (error) {
    if (nameOf(error) === "NotFound") return false;
    throw error;
  }
}

async function putTlsOnlyPolicy(
  target: { Bucket: string; ExpectedBucketOwner: string | undefined },
  s3: S3Client,
): Promise<void> {
  const tlsOnly = {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${target.Bucket}`, `arn:aws:s3:::${target.Bucket}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  const existing = await unlessMissing("NoSuchBucketPolicy", async () => {
    const { Policy } = await s3.send(new GetBucketPolicyCommand(target));
    return (JSON.parse(Policy ?? "{}") as { Statement?: PolicyStatement[] }).Statement;
  });
  const others = (existing ?? []).filter(({ Sid }) => Sid !== tlsOnly.Sid);
  await s3.send(
    new PutBucketPolicyCommand({
      ...target,
      Policy: JSON.stringify({ Version: "2012-10-17", Statement: [...others, tlsOnly] }),
    }),
  );
}

async function putLifecycle(
  target: { Bucket: string; ExpectedBucketOwner: string | undefined },
  s3: S3Client,
): Promise<void> {
  const expireOldVersions: LifecycleRule = {
    ID: "expire-old-state-versions",
    Status: "Enabled",
    Filter: { Prefix: "" },
    NoncurrentVersionExpiration: { NoncurrentDays: OLD_VERSION_DAYS },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: BROKEN_UPLOAD_DAYS },
  };
  const existing = await unlessMissing("NoSuchLifecycleConfiguration", async () => {
    return (await s3.send(new GetBucketLifecycleConfigurationCommand(target))).Rules;
  });
  const others = (existing ?? []).filter(({ ID }) => ID !== expireOldVersions.ID);
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      ...target,
      LifecycleConfiguration: { Rules: [...others, expireOldVersions] },
    }),
  );
}

async function unlessMissing<Value>(
  errorName: string,
  get: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await get();
  } catch (error) {
    if (nameOf(error) === errorName) return undefined;
    throw error;
  }
}

function wrongRegion(bucket: string, region: string, actual: string): UserError {
  return new UserError(
    `The bucket ${bucket} exists in ${actual}, and the state region is ${region}. ` +
      `Set STATE_REGION=${actual}, or choose another STATE_BUCKET.`,
  );
}

/** What the errors of AWS mean here and what to do about them; others pass unchanged. */
function explain(error: unknown, bucket: string, region: string): unknown {
  const explained = explainAwsError(error, region);
  if (explained instanceof UserError) return explained;
  if (nameOf(error) === "BucketAlreadyExists") return new UserError(ownedByOthers(bucket));
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Record<string, string> };
  };
  const actual = $response?.headers?.["x-amz-bucket-region"];
  if ($metadata?.httpStatusCode === 301 && actual !== undefined) {
    return wrongRegion(bucket, region, actual);
  }
  if ($metadata?.httpStatusCode === 403) {
    return new UserError(`${ownedByOthers(bucket)} (${nameOf(error)})`);
  }
  return error;
}

const ownedByOthers = (bucket: string): string =>
  `The bucket ${bucket} belongs to another AWS account, or these credentials may not use it. ` +
  "Bucket names are unique in the world: choose another STATE_BUCKET.";
