import { writeFileSync } from "node:fs";
import path from "node:path";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { loadRolesConfiguration } from "../../../src/tools/github-roles/configuration";
import { startMoto, type Moto } from "../../helpers/moto";
import { Project } from "../../helpers/project";
import { describeWith, MOTO, TERRAFORM } from "../../helpers/tools";
import { ACCOUNT_ID } from "./simulate";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const GITHUB = { repository: "example/proxy-fleet", oidcProvider: "create" };
const BUCKET = "example-state";

jest.setTimeout(180_000);

describe("npm run roles:print", () => {
  let project: Project;

  beforeAll(() => {
    project = new Project({ account: "standard", github: GITHUB });
  });

  afterAll(() => project.remove());

  test("prints every role and policy, of the account that it is given", async () => {
    const variables = { STATE_BUCKET: BUCKET };
    const { status, stdout } = await project.npm("roles:print", [ACCOUNT_ID], variables);
    expect(status).toBe(0);
    const { roles, policies } = JSON.parse(stdout);
    expect(Object.keys(roles)).toEqual(["plan", "deploy"]);
    expect(roles.plan.trustPolicy.Statement[0].Principal.Federated).toBe(
      `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/token.actions.githubusercontent.com`,
    );
    expect(Object.keys(policies)).toEqual(
      expect.arrayContaining(["boundary", ...roles.deploy.policies]),
    );
  });

  test.each([[[]], [["1234"]]])("with the arguments %j asks for an account", async (args) => {
    const { status, stderr } = await project.npm("roles:print", args);
    expect(status).toBe(1);
    expect(stderr).toMatch(/the twelve digits of the AWS account: npm run .*roles:print/);
  });
});

test("npm run roles:plan says all that is missing at once, before cdktf starts", async () => {
  const project = new Project({ account: "standard" });
  const { status, stdout, stderr } = await project.npm("roles:plan");
  project.remove();
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/cdktf\.json, context: proxy-fleet\.github is missing, such as/);
  expect(stderr).toMatch(/STATE_BUCKET is not set.*npm run state:create/);
  expect(stderr).not.toMatch(/^ +at /m);
});

test("in a Learner Lab there are no roles to be made", () => {
  const project = new Project();
  expect(() => loadRolesConfiguration(project.root, { STATE_BUCKET: BUCKET })).toThrow(
    'A Learner Lab cannot create IAM roles: the workflows need an ordinary account, "account": "standard" in cdktf.json.',
  );
  project.remove();
});

/** The stack as far as it needs no provider. */
const WITHOUT_PROVIDER = `
import { App, TerraformOutput } from "cdktf";
import { ReadableStack } from "../../fleet/stack/readable-stack";
import { configureBackendWithoutWorkspaces } from "../../fleet/stack/backend";
import { loadRolesConfiguration } from "./configuration";

const { state } = loadRolesConfiguration(process.cwd(), process.env);
const app = new App();
const stack = new ReadableStack(app, "github-roles");
configureBackendWithoutWorkspaces(stack, state, "github-roles/proxy");
new TerraformOutput(stack, "greeting", { value: "deployed" });
app.synth();
`;

describeWith([TERRAFORM, MOTO], "cdktf on the stack of the roles", () => {
  let moto: Moto;
  let project: Project;
  let s3: S3Client;

  beforeAll(async () => {
    moto = await startMoto();
    s3 = new S3Client({
      endpoint: moto.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
      forcePathStyle: true,
    });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    project = new Project({ account: "standard", github: GITHUB });
    const main = path.join(project.root, "src", "tools", "github-roles", "main.ts");
    writeFileSync(main, WITHOUT_PROVIDER);
  });

  afterAll(() => {
    s3.destroy();
    moto.stop();
    project.remove();
  });

  test("deploys it to the one state of all regions, whichever is selected for the fleet", async () => {
    const { status } = await project.npm("roles:deploy", ["--auto-approve"], {
      ...moto.variables,
      CHECKPOINT_DISABLE: "1",
      STATE_BUCKET: BUCKET,
      TF_WORKSPACE: "us-east-1",
    });
    expect(status).toBe(0);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    expect(Contents.map(({ Key }) => Key)).toEqual(["github-roles/proxy/terraform.tfstate"]);
  });
});
