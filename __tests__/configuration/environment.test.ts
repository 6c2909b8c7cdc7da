import { parseEnvironment } from "../../src/configuration/environment";

const regions = ["us-east-1", "us-west-2"];

test("nothing set keeps the state in a local folder and chooses no workspace", () => {
  expect(parseEnvironment({}, regions)).toEqual({ environment: { state: { kind: "local" } } });
  expect(parseEnvironment({ STATE_BUCKET: "", TF_WORKSPACE: "" }, regions)).toEqual(
    parseEnvironment({}, regions),
  );
});

test("a bucket is in us-east-1 unless STATE_REGION says otherwise", () => {
  const bucket = "some-bucket";
  expect(parseEnvironment({ STATE_BUCKET: bucket }, regions)).toEqual({
    environment: { state: { kind: "s3", bucket, region: "us-east-1" } },
  });
  expect(
    parseEnvironment(
      { STATE_BUCKET: bucket, STATE_REGION: "eu-west-1", TF_WORKSPACE: "us-west-2" },
      regions,
    ),
  ).toEqual({
    environment: { state: { kind: "s3", bucket, region: "eu-west-1" }, workspace: "us-west-2" },
  });
});

test("all mistakes come at once", () => {
  expect(
    parseEnvironment(
      { STATE_BUCKET: "Not_A_Bucket", STATE_REGION: "here", TF_WORKSPACE: "eu-west-1" },
      regions,
    ),
  ).toEqual({
    mistakes: [
      expect.stringMatching(/^STATE_BUCKET: "Not_A_Bucket" is not allowed\. Allowed: an S3 bucket/),
      expect.stringMatching(/^STATE_REGION: "here" is not allowed\. Allowed: the state bucket's/),
      expect.stringMatching(/^TF_WORKSPACE: "eu-west-1" is not allowed\. Allowed: "us-east-1" or/),
    ],
  });
});

test("a state region without a bucket is a mistake, for it would be ignored", () => {
  expect(parseEnvironment({ STATE_REGION: "eu-west-1" }, regions)).toEqual({
    mistakes: [expect.stringContaining("only together with STATE_BUCKET")],
  });
});

test("the workspace is not judged where the settings are wrong and name no regions", () => {
  expect(parseEnvironment({ TF_WORKSPACE: "mars" })).toHaveProperty("environment");
});

test("a mistyped region is answered with the nearest one", () => {
  const variables = {
    STATE_BUCKET: "some-bucket",
    STATE_REGION: "us-wst-2",
    TF_WORKSPACE: "us-est-1",
  };
  expect(parseEnvironment(variables, regions)).toEqual({
    mistakes: [
      'STATE_REGION: "us-wst-2" is not allowed. Allowed: "us-west-2", which is the nearest region.',
      'TF_WORKSPACE: "us-est-1" is not allowed. Allowed: "us-east-1", which is the nearest region.',
    ],
  });
});
