import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { createStateBucket } from "../../../src/tools/terraform/bucket";
import { startMoto, type Moto } from "../../helpers/moto";
import { describeWith, MOTO } from "../../helpers/tools";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

describeWith([MOTO], "the state bucket", () => {
  let moto: Moto;
  let s3: S3Client;
  let sts: STSClient;
  let config: S3ClientConfig;

  beforeAll(async () => {
    moto = await startMoto();
    config = {
      endpoint: moto.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    };
    s3 = new S3Client(config);
    sts = new STSClient(config);
  });

  afterAll(() => moto.stop());

  const create = (bucket: string, region = "us-east-1") =>
    createStateBucket(
      { bucket, region },
      new S3Client({ ...config, region }),
      new STSClient({ ...config, region }),
    );

  test("is created once, and the second time found", async () => {
    expect(await create("twice")).toBe("created");
    expect(await create("twice")).toBe("existed");
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
  });

  test("is created in its region", async () => {
    expect(await create("elsewhere", "us-west-2")).toBe("created");
    expect(await create("elsewhere", "us-west-2")).toBe("existed");
  });

  test("is versioned, encrypted, closed to the public and TLS only; old versions expire", async () => {
    const target = { Bucket: "guarded" };
    await create(target.Bucket);
    const { Status } = await s3.send(new GetBucketVersioningCommand(target));
    expect(Status).toBe("Enabled");
    const encryption = await s3.send(new GetBucketEncryptionCommand(target));
    expect(encryption.ServerSideEncryptionConfiguration?.Rules).toMatchObject([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } },
    ]);
    const access = await s3.send(new GetPublicAccessBlockCommand(target));
    expect(access.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const policy = await s3.send(new GetBucketPolicyCommand(target));
    expect(JSON.parse(policy.Policy!)).toMatchObject({
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: ["arn:aws:s3:::guarded", "arn:aws:s3:::guarded/*"],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand(target));
    expect(Rules).toMatchObject([
      { Status: "Enabled", NoncurrentVersionExpiration: { NoncurrentDays: 90 } },
    ]);
  });

  test("keeps the policies and rules that others gave it", async () => {
    const target = { Bucket: "shared" };
    await create(target.Bucket);
    const theirs = {
      Sid: "Theirs",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "s3:*",
      Resource: "arn:aws:s3:::shared/*",
    };
    await s3.send(
      new PutBucketPolicyCommand({
        ...target,
        Policy: JSON.stringify({ Version: "2012-10-17", Statement: [theirs] }),
      }),
    );
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        ...target,
        LifecycleConfiguration: {
          Rules: [
            { ID: "theirs", Status: "Enabled", Filter: { Prefix: "x/" }, Expiration: { Days: 1 } },
          ],
        },
      }),
    );
    await create(target.Bucket);
    const policy = await s3.send(new GetBucketPolicyCommand(target));
    const sids = JSON.parse(policy.Policy!).Statement.map(({ Sid }: { Sid: string }) => Sid);
    expect(sids).toEqual(["Theirs", "TlsOnly"]);
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand(target));
    expect(Rules?.map(({ ID }) => ID)).toEqual(["theirs", "expire-old-state-versions"]);
  });

  test("in another region is refused, and the message names that region", async () => {
    await create("far", "us-west-2");
    await expect(create("far", "us-east-1")).rejects.toThrow(
      "The bucket far exists in us-west-2, and the state region is us-east-1. Set STATE_REGION=us-west-2",
    );
  });

  test("of another account is refused", async () => {
    // What S3 answers for a bucket of others; moto lets every account into every bucket.
    const forbidding = createServer((_, response) => response.writeHead(403).end());
    await new Promise<void>((resolve) => forbidding.listen(0, "127.0.0.1", resolve));
    const { port } = forbidding.address() as AddressInfo;
    const s3OfOthers = new S3Client({ ...config, endpoint: `http://127.0.0.1:${port}` });
    await expect(
      createStateBucket({ bucket: "theirs", region: "us-east-1" }, s3OfOthers, sts),
    ).rejects.toThrow("The bucket theirs belongs to another AWS account");
    forbidding.close();
  });

  describe("as `npm run state:create`", () => {
    const run = (variables: Record<string, string>) =>
      spawnSync(
        process.execPath,
        ["--require", "sucrase/register/ts", "src/tools/commands/state-create.ts"],
        { env: { PATH: process.env["PATH"], ...moto.variables, ...variables }, encoding: "utf8" },
      );

    test("says what it did", () => {
      const { status, stdout, stderr } = run({ STATE_BUCKET: "by-command" });
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("The bucket by-command in us-east-1 is made: versioned, encrypted");
    });

    test.each<[string, Record<string, string>, string]>([
      ["without a bucket", {}, "STATE_BUCKET is not set."],
      [
        "without credentials",
        { STATE_BUCKET: "any", AWS_ACCESS_KEY_ID: "" },
        "There are no AWS credentials. Set AWS_ACCESS_KEY_ID",
      ],
      [
        "without a way to AWS",
        { STATE_BUCKET: "any", AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
        "AWS cannot be reached in region us-east-1",
      ],
      ["with a wrong region", { STATE_BUCKET: "any", STATE_REGION: "here" }, "STATE_REGION"],
    ])("%s fails with one message", (_, variables, message) => {
      const { status, stderr } = run(variables);
      expect(status).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/^ +at /m);
    });
  });
});
