import { RuleBucket } from "../../../src/fleet/rules/rule-bucket";
import { only, placeholder, synthWith, type TerraformJson } from "../../helpers/synth";

function bucket(): TerraformJson {
  return synthWith((stack) => {
    const { writable, readable } = new RuleBucket(stack, "rules", {
      bucketPrefix: "some-rules-",
      vpcEndpointId: "vpce-1",
    });
    placeholder(stack, "object", writable);
    placeholder(stack, "reader", readable);
  });
}

const ARN = "${aws_s3_bucket.rules.arn}";

test("has a name that AWS has nobody else have, and may go with what is in it", () => {
  expect(only(bucket(), "aws_s3_bucket")).toEqual({
    bucket_prefix: "some-rules-",
    force_destroy: true,
  });
});

test("lets objects be read through the one endpoint, by TLS alone, and nothing else", () => {
  const { policy } = only(bucket(), "aws_s3_bucket_policy");
  const { Statement } = JSON.parse(String(policy)) as { Statement: unknown[] };
  expect(Statement).toEqual([
    {
      Sid: "ReadThroughTheEndpoint",
      Effect: "Allow",
      Principal: "*",
      Action: ["s3:GetObject"],
      Resource: `${ARN}/*`,
      Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } },
    },
    {
      Sid: "NothingWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: ["S3:*"],
      Resource: [ARN, `${ARN}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
});

test("blocks public access before it has the policy, one change after the other", () => {
  const json = bucket();
  expect(only(json, "aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
    depends_on: ["aws_s3_bucket_ownership_controls.rules_ownership"],
  });
  expect(only(json, "aws_s3_bucket_policy")["depends_on"]).toEqual([
    "aws_s3_bucket_public_access_block.rules_public_access",
  ]);
  expect(only(json, "aws_s3_bucket_ownership_controls")["rule"]).toEqual({
    object_ownership: "BucketOwnerEnforced",
  });
});

test("is encrypted by S3, and keeps former versions for 90 days", () => {
  const json = bucket();
  expect(only(json, "aws_s3_bucket_server_side_encryption_configuration")["rule"]).toEqual([
    { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
  ]);
  expect(only(json, "aws_s3_bucket_versioning")["versioning_configuration"]).toEqual({
    status: "Enabled",
  });
  expect(only(json, "aws_s3_bucket_lifecycle_configuration")).toMatchObject({
    rule: [
      {
        status: "Enabled",
        noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      },
    ],
    depends_on: ["aws_s3_bucket_versioning.rules_versioning"],
  });
});

test("is written once it keeps versions, and read once it has its policy", () => {
  const { object, reader } = bucket().resource["terraform_data"]!;
  expect(object!["depends_on"]).toEqual([
    "aws_s3_bucket_server_side_encryption_configuration.rules_encryption",
    "aws_s3_bucket_versioning.rules_versioning",
  ]);
  expect(reader!["depends_on"]).toEqual(["aws_s3_bucket_policy.rules_policy"]);
});
