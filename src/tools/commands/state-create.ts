import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { PROJECT_ROOT } from "../../common/project-root";
import { loadConfiguration } from "../../configuration/configuration";
import { createStateBucket } from "../terraform/bucket";
import { reportUserErrors, UserError } from "../../common/user-error";

// The SDK is pinned; its notice that later versions need a later Node is no news to the user.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

void reportUserErrors(async () => {
  const { state } = loadConfiguration(PROJECT_ROOT, process.env).environment;
  if (state.kind === "local") {
    throw new UserError(
      "STATE_BUCKET is not set. Type: STATE_BUCKET=<a bucket name of your own> npm run state:create",
    );
  }
  const { bucket, region } = state;
  const result = await createStateBucket(
    state,
    new S3Client({ region }),
    new STSClient({ region }),
  );
  console.log(
    `The bucket ${bucket} in ${region} ${result === "created" ? "is made" : "existed already"}: versioned, ` +
      "encrypted, closed to the public, TLS only, old versions expiring.",
  );
});
