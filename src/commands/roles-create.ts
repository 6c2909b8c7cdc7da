import path from "node:path";
import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import { loadConfiguration } from "../configuration";
import { PublishedImage } from "../proxy/published-image";
import { createRoles, IAM_REGION } from "../roles/github-roles";
import { DEPLOY_ENVIRONMENT, parseRepository } from "../roles/trust-policy";
import { SETTINGS_KEY } from "../settings";
import { reportUserErrors, UserError } from "../user-error";
import { readArguments } from "./arguments";

const PROJECT_ROOT = path.resolve(__dirname, "../..");

// The SDK is pinned; its notice that later versions need a later Node is no news to the user.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

void reportUserErrors(async () => {
  readArguments("roles:create");
  const { settings, environment } = loadConfiguration(PROJECT_ROOT, process.env);
  const { state } = environment;
  if (settings.account === "learner-lab") {
    throw new UserError(
      'A Learner Lab cannot create IAM roles: the workflows need an ordinary account, "account": "standard" in cdktf.json.',
    );
  }
  if (state.kind === "local") {
    throw new UserError(
      "STATE_BUCKET is not set. The workflows need a state that they share: npm run state:create, then " +
        "STATE_BUCKET=<its name> GITHUB_REPOSITORY=<owner>/<name> npm run roles:create",
    );
  }
  const { uri } = settings.image;
  const repositoryArn = uri === undefined ? undefined : new PublishedImage(uri).repositoryArn;
  const repository = parseRepository(process.env["GITHUB_REPOSITORY"]);
  const { planRoleArn, deployRoleArn, permissionsBoundary } = await createRoles(
    { ...settings, repository, bucket: state.bucket, repositoryArn },
    new IAMClient({ region: IAM_REGION }),
    new STSClient({ region: IAM_REGION }),
  );
  console.log(`The roles that the workflows of ${repository} take on are made:
  ${planRoleArn}
  ${deployRoleArn}
${settings.permissionsBoundary === undefined ? boundaryAdvice(permissionsBoundary) : ""}
First make the environment "${DEPLOY_ENVIRONMENT}" in the repository's settings, with required reviewers and "main" as its only
deployment branch: whoever can run a job there can deploy. Then tell the repository, in its checkout:
  gh variable set PLAN_ROLE_ARN --body ${planRoleArn}
  gh variable set DEPLOY_ROLE_ARN --env ${DEPLOY_ENVIRONMENT} --body ${deployRoleArn}
  gh variable set STATE_BUCKET --body ${state.bucket}
  gh variable set STATE_REGION --body ${state.region}
  gh variable set FLEET_REGIONS --body '["<region>"]'

FLEET_REGIONS are the regions that the workflows plan and deploy: those whose workspace you have made with npm run workspace.
docs/github-roles.md says what the roles may do.`);
});

function boundaryAdvice(arn: string): string {
  return `
The role that deploys makes the fleet's own roles only within a permissions boundary, and without one AWS refuses it
iam:CreateRole. In cdktf.json, under "${SETTINGS_KEY}", set and commit:
  "permissionsBoundary": "${arn}"
`;
}
