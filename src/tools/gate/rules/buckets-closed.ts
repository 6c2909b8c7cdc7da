import { isDeepStrictEqual } from "node:util";
import type { Rule } from "../rule";
import { violations } from "../rule";
import {
  isBlock,
  isTrue,
  list,
  nestedBlocks,
  parseJson,
  referencesTo,
  resources,
  type Element,
  type StackJson,
  type TerraformBlock,
} from "../terraform-json";

const BUCKET = "aws_s3_bucket";
const POLICY = "aws_s3_bucket_policy";

/** The switches of Block Public Access. */
const SWITCHES = [
  "block_public_acls",
  "block_public_policy",
  "ignore_public_acls",
  "restrict_public_buckets",
];

/** A bucket is read by the network that it is for, and what was in it is not lost. */
export const bucketsClosed: Rule = {
  name: "buckets-closed",
  reason:
    "The rules are read without credentials, so the network is all that keeps others out. A bucket blocks public access, " +
    "refuses what comes without TLS, lets nothing be done but reading through a VPC endpoint, is encrypted, and keeps versions.",
  violatedBy: { resource: { [BUCKET]: { open: { bucket_prefix: "open-" } } } },
  check: (stack) => [
    ...resources(stack, BUCKET).flatMap((bucket) => violations(bucket, missing(bucket, stack))),
    ...resources(stack, BUCKET, POLICY).flatMap((element) =>
      violations(element, statements(element).flatMap(permission)),
    ),
  ],
};

/** What a bucket lacks, each of which is a resource of its own. */
function missing(bucket: Element, stack: StackJson): string[] {
  const of = (type: string) =>
    resources(stack, type).filter(({ block }) =>
      referencesTo(BUCKET, block["bucket"]).includes(bucket.address),
    );
  const has = (type: string, test: (block: TerraformBlock) => boolean) =>
    of(`${BUCKET}_${type}`).some(({ block }) => test(block));
  const checks = {
    [`no ${BUCKET}_public_access_block with all four switches on`]: has(
      "public_access_block",
      (block) => SWITCHES.every((name) => isTrue(block[name])),
    ),
    [`no ${BUCKET}_versioning that is Enabled`]: has("versioning", (block) =>
      nestedBlocks(block, "versioning_configuration").some(({ status }) => status === "Enabled"),
    ),
    [`no ${BUCKET}_server_side_encryption_configuration with an sse_algorithm`]: has(
      "server_side_encryption_configuration",
      (block) => isEncrypted(block),
    ),
    [`no ${POLICY} that denies everything without TLS`]: of(POLICY).some((policy) =>
      statements(policy).some((statement) => deniesPlain(statement, bucket)),
    ),
  };
  return Object.entries(checks).flatMap(([message, isKept]) => (isKept ? [] : `has ${message}`));
}

function isEncrypted(block: TerraformBlock): boolean {
  return nestedBlocks(block, "rule")
    .flatMap((rule) => nestedBlocks(rule, "apply_server_side_encryption_by_default"))
    .some(({ sse_algorithm }) => /^(AES256|aws:kms(:dsse)?)$/.test(String(sse_algorithm)));
}

function statements({ block: { policy } }: Element): TerraformBlock[] {
  const parsed = typeof policy === "string" ? parseJson(policy) : undefined;
  return isBlock(parsed) ? nestedBlocks(parsed, "Statement") : [];
}

function deniesPlain(statement: TerraformBlock, { address }: Element): boolean {
  const { Effect, Principal, Action, Resource, Condition } = statement;
  return (
    Effect === "Deny" &&
    Principal === "*" &&
    list(Action).some((action) => /^s3:\*$/i.test(String(action))) &&
    ["", "/*"].every((end) => list(Resource).includes(`\${${address}.arn}${end}`)) &&
    isDeepStrictEqual(Condition, { Bool: { "aws:SecureTransport": "false" } })
  );
}

/** What is wrong with a statement that permits something. */
function permission({ Effect, Action, Condition }: TerraformBlock): string[] {
  if (Effect === "Deny") return [];
  const equals = isBlock(Condition) ? Condition["StringEquals"] : undefined;
  const endpoints = isBlock(equals) ? list(equals["aws:SourceVpce"]) : [];
  return [
    ...(list(Action).every((action) => action === "s3:GetObject")
      ? []
      : [`policy permits ${list(Action).join(", ")}, and not s3:GetObject alone`]),
    ...(endpoints.length > 0 ? [] : ["policy permits it without StringEquals on aws:SourceVpce"]),
  ];
}
