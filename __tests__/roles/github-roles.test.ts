import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  AddClientIDToOpenIDConnectProviderCommand,
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import { createRoles, type GithubRolesProps } from "../../src/roles/github-roles";
import { PublishedImage } from "../../src/proxy/published-image";
import { boundaryPolicy } from "../../src/roles/boundary";
import {
  deployPolicy,
  identityPolicy,
  networkPolicy,
  planPolicy,
  statePolicy,
} from "../../src/roles/policies";
import { deployTrust, oidcProviderArn, planTrust } from "../../src/roles/trust-policy";
import { UserError } from "../../src/user-error";
import { PUBLISHED_URI } from "../helpers/fleet";
import { startMoto, type Moto } from "../helpers/moto";
import { describeWith, MOTO } from "../helpers/tools";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const CHECKOUT = path.resolve(__dirname, "../..");

type IamCommand = Parameters<IAMClient["send"]>[0];

/** The account that moto plays. */
const ACCOUNT_ID = "123456789012";

const PROPS: GithubRolesProps = {
  name: "proxy",
  repository: "example/proxy-fleet",
  bucket: "example-state",
  regions: ["us-east-1", "us-west-2"],
};

jest.setTimeout(60_000);

describeWith([MOTO], "the roles of GitHub's workflows", () => {
  let moto: Moto;
  let iam: IAMClient;
  let sts: STSClient;

  beforeAll(async () => {
    moto = await startMoto();
    const config = {
      endpoint: moto.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    };
    iam = new IAMClient(config);
    sts = new STSClient(config);
  });

  beforeEach(() => fetch(`${moto.endpoint}/moto-api/reset`, { method: "POST" }));

  afterAll(() => moto.stop());

  const create = (props: Partial<GithubRolesProps> = {}) =>
    createRoles({ ...PROPS, ...props }, iam, sts);

  async function role(RoleName: string) {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    return {
      ...Role,
      trust: JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!)),
      policies: AttachedPolicies?.map(({ PolicyName }) => PolicyName).sort(),
    };
  }

  const policyArn = (name: string) => `arn:aws:iam::${ACCOUNT_ID}:policy/${name}`;

  async function policy(name: string) {
    const PolicyArn = policyArn(name);
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
    );
    return JSON.parse(decodeURIComponent(PolicyVersion!.Document!));
  }

  async function versions(name: string) {
    const { Versions } = await iam.send(
      new ListPolicyVersionsCommand({ PolicyArn: policyArn(name) }),
    );
    return Versions?.map(({ VersionId }) => VersionId);
  }

  test("are made, with their policies and GitHub's OIDC provider", async () => {
    const permissionsBoundary = policyArn("proxy-boundary");
    expect(await create()).toEqual({
      permissionsBoundary,
      planRoleArn: `arn:aws:iam::${ACCOUNT_ID}:role/proxy-github-plan`,
      deployRoleArn: `arn:aws:iam::${ACCOUNT_ID}:role/proxy-github-deploy`,
    });
    const account = { ...PROPS, accountId: ACCOUNT_ID };
    expect(await role("proxy-github-plan")).toMatchObject({
      MaxSessionDuration: 3600,
      Tags: expect.arrayContaining([
        { Key: "Project", Value: "proxy" },
        { Key: "ManagedBy", Value: "cdktf" },
      ]),
      trust: planTrust(account),
      policies: ["proxy-github-plan", "proxy-github-state"],
    });
    expect(await role("proxy-github-deploy")).toMatchObject({
      trust: deployTrust(account),
      policies: [
        "proxy-github-deploy",
        "proxy-github-identity",
        "proxy-github-network",
        "proxy-github-plan",
        "proxy-github-state",
      ],
    });
    expect(await policy("proxy-github-state")).toEqual(statePolicy(account));
    expect(await policy("proxy-github-plan")).toEqual(planPolicy(account));
    expect(await policy("proxy-github-deploy")).toEqual(deployPolicy(account));
    expect(await policy("proxy-github-network")).toEqual(networkPolicy(account));
    expect(await policy("proxy-github-identity")).toEqual(
      identityPolicy({ ...account, permissionsBoundary }),
    );
    expect(await policy("proxy-boundary")).toEqual(boundaryPolicy(account));
    const provider = await iam.send(
      new GetOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: oidcProviderArn(ACCOUNT_ID),
      }),
    );
    expect(provider).toMatchObject({
      Url: expect.stringContaining("token.actions.githubusercontent.com"),
      ClientIDList: ["sts.amazonaws.com"],
    });
  });

  test("stay as they are the second time", async () => {
    const first = await create();
    expect(await create()).toEqual(first);
    expect(await versions("proxy-github-plan")).toEqual(["v1"]);
    expect((await role("proxy-github-deploy")).policies).toHaveLength(5);
    expect(await versions("proxy-boundary")).toEqual(["v1"]);
  });

  test("follow the settings and the repository, as often as they change", async () => {
    await create();
    for (const bucket of ["state-2", "state-3", "state-4", "state-5", "state-6", "state-7"]) {
      await create({ bucket, repository: "example@1/renamed@2" });
    }
    expect(JSON.stringify(await policy("proxy-github-state"))).toContain("arn:aws:s3:::state-7/");
    expect(await versions("proxy-github-state")).toHaveLength(5);
    const { trust } = await role("proxy-github-deploy");
    expect(trust.Statement[0].Condition.StringEquals).toMatchObject({
      "token.actions.githubusercontent.com:sub": ["repo:example@1/renamed@2:environment:deploy"],
    });
  });

  test("lose policies of this project that are no longer theirs, and keep those of others", async () => {
    await create();
    const RoleName = "proxy-github-deploy";
    const document = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["s3:ListAllMyBuckets"], Resource: "*" }],
    };
    for (const PolicyName of ["proxy-github-former", "theirs"]) {
      await iam.send(
        new CreatePolicyCommand({ PolicyName, PolicyDocument: JSON.stringify(document) }),
      );
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: policyArn(PolicyName) }));
    }
    await iam.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: "inline-theirs",
        PolicyDocument: JSON.stringify(document),
      }),
    );
    await create();
    expect((await role(RoleName)).policies).toEqual([
      "proxy-github-deploy",
      "proxy-github-identity",
      "proxy-github-network",
      "proxy-github-plan",
      "proxy-github-state",
      "theirs",
    ]);
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    expect(PolicyNames).toEqual(["inline-theirs"]);
  });

  test("bound the fleet's by the policy that the settings name, and make none", async () => {
    const PolicyName = "bounds-of-the-house";
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["logs:*"], Resource: "*" }],
    });
    await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    const permissionsBoundary = policyArn(PolicyName);
    expect(await create({ permissionsBoundary })).toMatchObject({ permissionsBoundary });
    expect(await policy("proxy-github-identity")).toEqual(
      identityPolicy({ ...PROPS, accountId: ACCOUNT_ID, permissionsBoundary }),
    );
    expect(await versions(PolicyName)).toEqual(["v1"]);
    await expect(policy("proxy-boundary")).rejects.toThrow("not found");
  });

  test("make their own boundary again where the settings name it", async () => {
    const first = await create();
    expect(await create({ permissionsBoundary: first.permissionsBoundary })).toEqual(first);
    expect(await versions("proxy-boundary")).toEqual(["v1"]);
  });

  test.each([
    ["does not exist", `arn:aws:iam::${ACCOUNT_ID}:policy/absent`, "there is no such policy."],
    [
      "is another account's",
      "arn:aws:iam::210987654321:policy/proxy-boundary",
      `of the account 210987654321, and these credentials are of ${ACCOUNT_ID}.`,
    ],
  ])("are not made with a boundary that %s", async (_, permissionsBoundary, message) => {
    const error = await create({ permissionsBoundary }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(`names ${permissionsBoundary}, `);
    expect((error as UserError).message).toContain(message);
    const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: "Local" }));
    const { Roles } = await iam.send(new ListRolesCommand({}));
    expect([Policies, Roles]).toEqual([[], []]);
  });

  test("give an OIDC provider that exists the audience it lacks, and leave the rest", async () => {
    await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: "https://token.actions.githubusercontent.com",
        ClientIDList: ["https://github.com/example"],
        ThumbprintList: ["a".repeat(40)],
      }),
    );
    // moto knows the provider, but not this one action.
    const sent: unknown[] = [];
    const send = iam.send.bind(iam);
    jest.spyOn(iam, "send").mockImplementation((command: IamCommand): unknown => {
      if (!(command instanceof AddClientIDToOpenIDConnectProviderCommand)) return send(command);
      sent.push(command.input);
      return Promise.resolve({});
    });
    await create();
    jest.restoreAllMocks();
    expect(sent).toEqual([
      { OpenIDConnectProviderArn: oidcProviderArn(ACCOUNT_ID), ClientID: "sts.amazonaws.com" },
    ]);
    const { OpenIDConnectProviderList } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
    expect(OpenIDConnectProviderList).toHaveLength(1);
  });

  describe("of somebody else", () => {
    const document = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const tagged = (Value: string) => [{ Key: "Project", Value }];

    /** What the account holds of IAM that `roles:create` could make. */
    async function holdings() {
      const { Roles } = await iam.send(new ListRolesCommand({}));
      const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: "Local" }));
      const providers = await iam.send(new ListOpenIDConnectProvidersCommand({}));
      return {
        roles: Roles?.map(({ RoleName, AssumeRolePolicyDocument }) => [
          RoleName,
          AssumeRolePolicyDocument,
        ]),
        policies: Policies?.map(({ PolicyName, DefaultVersionId }) => [
          PolicyName,
          DefaultVersionId,
        ]),
        providers: providers.OpenIDConnectProviderList,
      };
    }

    test.each([
      ["proxy-github-plan", undefined],
      ["proxy-github-deploy", tagged("other")],
    ])("the role %s stops all before anything is written", async (RoleName, Tags) => {
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document, Tags }));
      const before = await holdings();
      await expect(create()).rejects.toThrow(
        `The role ${RoleName} exists, and is not this project's: it has no tag Project=proxy.`,
      );
      expect(await holdings()).toEqual(before);
    });

    test.each([
      ["proxy-github-state", undefined],
      ["proxy-github-plan", undefined],
      ["proxy-github-deploy", undefined],
      ["proxy-github-network", tagged("other")],
      ["proxy-github-identity", undefined],
      ["proxy-boundary", undefined],
    ])("the policy %s stops all before anything is written", async (PolicyName, Tags) => {
      await iam.send(
        new CreatePolicyCommand({
          PolicyName,
          PolicyDocument: JSON.stringify(planPolicy({ ...PROPS, accountId: "210987654321" })),
          Tags,
        }),
      );
      const before = await holdings();
      await expect(create()).rejects.toThrow(
        `The policy ${PolicyName} exists, and is not this project's: it has no tag Project=proxy.`,
      );
      expect(await holdings()).toEqual(before);
    });
  });

  test.each([
    [
      "AccessDenied",
      "These credentials may not make the roles. AWS says: not authorized to perform: iam:CreateRole.",
    ],
    ["ExpiredToken", "The AWS credentials have expired."],
    ["LimitExceeded", "IAM has no room for the roles. AWS says: not authorized"],
  ])("are not made after %s, and one message says why", async (code, message) => {
    const refusing = createServer((_, response) => {
      response.writeHead(403, { "content-type": "text/xml" });
      response.end(
        `<ErrorResponse><Error><Code>${code}</Code><Message>not authorized to perform: iam:CreateRole</Message></Error></ErrorResponse>`,
      );
    });
    await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
    const { port } = refusing.address() as AddressInfo;
    const refused = new IAMClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    });
    const error = await createRoles(PROPS, refused, sts).catch((caught: unknown) => caught);
    refusing.close();
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(message);
  });

  describe("as `npm run roles:create`", () => {
    let project: string;

    beforeAll(() => {
      project = mkdtempSync(path.join(tmpdir(), "proxy-fleet-"));
      for (const folder of ["src", "squid"]) {
        cpSync(path.join(CHECKOUT, folder), path.join(project, folder), { recursive: true });
      }
      symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(project, "node_modules"));
    });

    afterAll(() => rmSync(project, { recursive: true }));

    const FULL = { STATE_BUCKET: "example-state", GITHUB_REPOSITORY: "example/proxy-fleet" };

    function run(variables: Record<string, string>, settings: object = { account: "standard" }) {
      const context = { "proxy-fleet": settings };
      writeFileSync(path.join(project, "cdktf.json"), JSON.stringify({ context }));
      return spawnSync(
        process.execPath,
        ["--require", "sucrase/register/ts", "src/commands/roles-create.ts"],
        {
          cwd: project,
          env: { PATH: process.env["PATH"], ...moto.variables, ...variables },
          encoding: "utf8",
        },
      );
    }

    test("says what to type next", () => {
      const { status, stdout, stderr } = run(FULL);
      expect([status, stderr]).toEqual([0, ""]);
      for (const line of [
        `gh variable set PLAN_ROLE_ARN --body arn:aws:iam::${ACCOUNT_ID}:role/proxy-github-plan\n`,
        `gh variable set DEPLOY_ROLE_ARN --env deploy --body arn:aws:iam::${ACCOUNT_ID}:role/proxy-github-deploy\n`,
        "gh variable set STATE_BUCKET --body example-state\n",
        "gh variable set STATE_REGION --body us-east-1\n",
        `gh variable set FLEET_REGIONS --body '["<region>"]'\n`,
        `  "permissionsBoundary": "${policyArn("proxy-boundary")}"\n`,
      ]) {
        expect(stdout).toContain(line);
      }
    });

    test("lets the fleet's roles pull an image from elsewhere", async () => {
      const { status } = run(FULL, { account: "standard", image: { uri: PUBLISHED_URI } });
      expect(status).toBe(0);
      const { repositoryArn } = new PublishedImage(PUBLISHED_URI);
      expect(await policy("proxy-boundary")).toEqual(
        boundaryPolicy({ ...PROPS, accountId: ACCOUNT_ID, repositoryArn }),
      );
    });

    test("asks for the boundary only until it is set", async () => {
      const { permissionsBoundary } = await create();
      const { status, stdout } = run(FULL, { account: "standard", permissionsBoundary });
      expect(status).toBe(0);
      expect(stdout).not.toContain("permissionsBoundary");
    });

    test("has the environment made before anything names the role that deploys to GitHub", () => {
      const { stdout } = run(FULL);
      const [before = ""] = stdout.split("gh variable set");
      expect(before).toMatch(/environment "deploy".*required\s+reviewers.*"main"/s);
    });

    test.each<[string, Record<string, string>, string]>([
      ["without a bucket", { ...FULL, STATE_BUCKET: "" }, "STATE_BUCKET is not set."],
      [
        "without a repository",
        { ...FULL, GITHUB_REPOSITORY: "" },
        "environment variable GITHUB_REPOSITORY: not set. Allowed: the repository as GitHub's tokens name it",
      ],
      [
        "with a wrong repository",
        { ...FULL, GITHUB_REPOSITORY: "https://github.com/example/proxy-fleet" },
        'GITHUB_REPOSITORY: "https://github.com/example/proxy-fleet" is not allowed.',
      ],
      [
        "without credentials",
        { ...FULL, AWS_ACCESS_KEY_ID: "" },
        "There are no AWS credentials. Set AWS_ACCESS_KEY_ID",
      ],
      [
        "without a way to AWS",
        { ...FULL, AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
        "AWS cannot be reached in region us-east-1",
      ],
    ])("%s fails with one message", (_, variables, message) => {
      const { status, stderr } = run(variables);
      expect(status).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/^ +at /m);
    });

    test("in a Learner Lab says that the workflows need another account", () => {
      const { status, stderr } = run(FULL, { account: "learner-lab" });
      expect(status).toBe(1);
      expect(stderr).toBe(
        'A Learner Lab cannot create IAM roles: the workflows need an ordinary account, "account": "standard" in cdktf.json.\n',
      );
    });
  });
});
