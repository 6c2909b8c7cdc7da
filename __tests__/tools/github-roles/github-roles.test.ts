import { readFileSync } from "node:fs";
import path from "node:path";
import { Testing } from "cdktf";
import { parseSettings } from "../../../src/configuration/settings";
import { rolesProps, type RolesConfiguration } from "../../../src/tools/github-roles/configuration";
import { GITHUB_ROLES, GithubRoles } from "../../../src/tools/github-roles/github-roles";
import { githubRoles } from "../../../src/tools/github-roles/roles";
import { CHECKOUT } from "../../helpers/checkout";
import {
  EXISTING_SERVICE_VPC,
  EXISTING_VPC,
  PRIVATE_DNS,
  PUBLISHED_URI,
} from "../../helpers/fleet";
import { danglingReferences } from "../../helpers/references";
import { addresses, only, synth, type TerraformJson } from "../../helpers/synth";
import { ACCOUNT_ID } from "./simulate";

const HOUSE_BOUNDARY = `arn:aws:iam::${ACCOUNT_ID}:policy/bounds-of-the-house`;
const OWN_BOUNDARY = `arn:aws:iam::${ACCOUNT_ID}:policy/proxy-boundary`;

/** The configuration with settings as a user writes them. */
function configurationOf(settings: object = {}): RolesConfiguration {
  const github = { repository: "example/proxy-fleet", oidcProvider: "create" };
  const parsed = parseSettings({ account: "standard", github, ...settings });
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return {
    settings: parsed.settings,
    github: parsed.settings.github!,
    state: { kind: "s3", bucket: "example-state", region: "eu-west-1" },
  };
}

function synthRoles(settings: object = {}): TerraformJson {
  return synth(new GithubRoles(Testing.app(), GITHUB_ROLES, configurationOf(settings)));
}

const withExisting = {
  github: { repository: "example/proxy-fleet", oidcProvider: "existing" },
};

test("the addresses are the agreed ones: changing one moves a resource in every user's state", () => {
  expect(addresses(synthRoles())).toEqual([
    "aws_iam_openid_connect_provider.github",
    "aws_iam_policy.adopted_policy",
    "aws_iam_policy.adopting_policy",
    "aws_iam_policy.boundary_policy",
    "aws_iam_policy.deploy_policy",
    "aws_iam_policy.identity_policy",
    "aws_iam_policy.monitoring_policy",
    "aws_iam_policy.network_policy",
    "aws_iam_policy.plan_policy",
    "aws_iam_policy.state_policy",
    "aws_iam_role.deploy",
    "aws_iam_role.plan",
    "aws_iam_role_policy_attachment.deploy_adopted",
    "aws_iam_role_policy_attachment.deploy_adopting",
    "aws_iam_role_policy_attachment.deploy_deploy",
    "aws_iam_role_policy_attachment.deploy_identity",
    "aws_iam_role_policy_attachment.deploy_monitoring",
    "aws_iam_role_policy_attachment.deploy_network",
    "aws_iam_role_policy_attachment.deploy_plan",
    "aws_iam_role_policy_attachment.deploy_state",
    "aws_iam_role_policy_attachment.plan_adopted",
    "aws_iam_role_policy_attachment.plan_monitoring",
    "aws_iam_role_policy_attachment.plan_plan",
    "aws_iam_role_policy_attachment.plan_state",
    "data.aws_caller_identity.account",
  ]);
});

test("a preview of the rules takes a policy more, for both roles", () => {
  const github = { repository: "example/proxy-fleet", oidcProvider: "create", rulesPreview: "on" };
  const before = addresses(synthRoles());
  expect(addresses(synthRoles({ github })).filter((address) => !before.includes(address))).toEqual([
    "aws_iam_policy.log_policy",
    "aws_iam_role_policy_attachment.deploy_log",
    "aws_iam_role_policy_attachment.plan_log",
  ]);
});

test.each([{}, withExisting, { permissionsBoundary: HOUSE_BOUNDARY }])(
  "with %j every reference names an element of the stack",
  (settings) => {
    expect(danglingReferences(synthRoles(settings))).toEqual([]);
  },
);

test("the state is one for all regions, apart from the fleet's", () => {
  expect(synthRoles().terraform["backend"]).toEqual({
    s3: {
      bucket: "example-state",
      region: "eu-west-1",
      key: "github-roles/proxy/terraform.tfstate",
      encrypt: true,
      use_lockfile: true,
    },
  });
});

test("everything has the fleet's tags", () => {
  expect(synthRoles({ tags: { CostCentre: "4711" } }).provider["aws"]).toEqual([
    {
      region: "us-east-1",
      default_tags: [{ tags: { Project: "proxy", ManagedBy: "cdktf", CostCentre: "4711" } }],
    },
  ]);
});

/** A document of the stack, with the account that Terraform will know. */
const documentOf = (json: unknown): unknown =>
  JSON.parse(String(json).replaceAll("${data.aws_caller_identity.account.account_id}", ACCOUNT_ID));

test.each([
  ["own boundary", {}],
  ["boundary of the house", { permissionsBoundary: HOUSE_BOUNDARY }],
  ["image from elsewhere", { image: { uri: PUBLISHED_URI } }],
  ["preview of the rules", { github: { ...withExisting.github, rulesPreview: "on" } }],
])("policies and roles are those that are printed: %s", (_, settings) => {
  const { policies, roles } = githubRoles(rolesProps(configurationOf(settings), ACCOUNT_ID));
  const { resource } = synthRoles(settings);
  expect(
    Object.entries(resource["aws_iam_policy"]!).map(([id, { name, policy }]) => [
      id,
      { name, document: documentOf(policy) },
    ]),
  ).toEqual(
    Object.entries(policies)
      .map(([key, policy]) => [`${key}_policy`, policy])
      .sort(),
  );
  for (const [key, { trustPolicy, policies: keys, ...role }] of Object.entries(roles)) {
    const { assume_role_policy, ...block } = resource["aws_iam_role"]![key]!;
    expect(block).toMatchObject({ ...role, max_session_duration: 3600 });
    expect(documentOf(assume_role_policy)).toEqual(trustPolicy);
    const attached = Object.values(resource["aws_iam_role_policy_attachment"]!)
      .filter(({ role }) => role === `\${aws_iam_role.${key}.name}`)
      .map(({ policy_arn }) => policy_arn);
    expect(attached.sort()).toEqual(
      keys.map((policy) => `\${aws_iam_policy.${policy}_policy.arn}`).sort(),
    );
  }
});

test.each<[string, object, string, string]>([
  ["bucket", {}, "state_policy", "arn:aws:s3:::example-state/"],
  ["regions", { regions: ["eu-west-1"] }, "adopted_policy", '"aws:RequestedRegion":["eu-west-1"]'],
  ["name", { name: "web" }, "network_policy", '"aws:ResourceTag/Project":"web"'],
  ["one name", { dnsName: "proxy.example.com" }, "adopting_policy", '["proxy.example.com"]'],
  [
    "proof of a private DNS name",
    { endpointService: PRIVATE_DNS },
    "adopting_policy",
    '["proxy.internal","_*.proxy.example.com"]',
  ],
  [
    "existing VPC",
    { regions: ["us-east-1"], clients: [EXISTING_VPC] },
    "adopted_policy",
    `:vpc/${EXISTING_VPC.vpcId}"`,
  ],
  [
    "subnet in it",
    { regions: ["us-east-1"], clients: [EXISTING_VPC] },
    "adopting_policy",
    `:subnet/${EXISTING_VPC.subnetIds[0]!}"`,
  ],
  [
    "existing service VPC",
    { regions: ["us-east-1"], vpc: EXISTING_SERVICE_VPC },
    "adopted_policy",
    `:vpc/${EXISTING_SERVICE_VPC.id}"`,
  ],
  [
    "right to make security groups in it",
    { regions: ["us-east-1"], vpc: EXISTING_SERVICE_VPC },
    "adopting_policy",
    `:vpc/${EXISTING_SERVICE_VPC.id}"`,
  ],
  [
    "image",
    { image: { uri: PUBLISHED_URI } },
    "boundary_policy",
    `:${ACCOUNT_ID}:repository/squid"`,
  ],
])("the %s reaches the policies", (_, settings, id, text) => {
  expect(synthRoles(settings).resource["aws_iam_policy"]![id]!["policy"]).toContain(text);
});

test("a fleet without a name and without existing VPCs has no policy for them", () => {
  const { aws_iam_policy: policies = {} } = synthRoles({ dnsName: "none" }).resource;
  expect(policies).not.toHaveProperty("adopting_policy");
  expect(policies).toHaveProperty("adopted_policy");
});

test("the repository reaches the trust policies", () => {
  const { plan, deploy } = synthRoles().resource["aws_iam_role"]!;
  expect(plan!["assume_role_policy"]).toContain('"repo:example/proxy-fleet:pull_request"');
  expect(deploy!["assume_role_policy"]).toContain('"repo:example/proxy-fleet:environment:deploy"');
});

describe("GitHub's OIDC provider", () => {
  test("is made before the roles that trust it", () => {
    const json = synthRoles();
    expect(only(json, "aws_iam_openid_connect_provider")).toMatchObject({
      url: "https://token.actions.githubusercontent.com",
      client_id_list: ["sts.amazonaws.com"],
    });
    for (const role of Object.values(json.resource["aws_iam_role"]!)) {
      expect(role["depends_on"]).toEqual(["aws_iam_openid_connect_provider.github"]);
    }
  });

  test("that exists is looked up, with its audience, and left alone", () => {
    const json = synthRoles(withExisting);
    expect(json.resource).not.toHaveProperty("aws_iam_openid_connect_provider");
    expect(json.data!["aws_iam_openid_connect_provider"]!["github"]).toMatchObject({
      url: "https://token.actions.githubusercontent.com",
      lifecycle: {
        postcondition: [
          {
            condition: '${contains(self.client_id_list, "sts.amazonaws.com")}',
            error_message: expect.stringContaining("aws iam add-client-id-to-open-id-connect"),
          },
        ],
      },
    });
    for (const role of Object.values(json.resource["aws_iam_role"]!)) {
      expect(role["depends_on"]).toEqual(["data.aws_iam_openid_connect_provider.github"]);
    }
  });
});

describe("the boundary", () => {
  test.each([undefined, OWN_BOUNDARY])("is made with the setting %s", (permissionsBoundary) => {
    const json = synthRoles({ permissionsBoundary });
    expect(json.resource["aws_iam_policy"]!["boundary_policy"]!["name"]).toBe("proxy-boundary");
    expect(documentOf(JSON.stringify(json.output!["permissions_boundary"]!.value))).toBe(
      OWN_BOUNDARY,
    );
  });

  test("of the house is looked up instead, and bounds the fleet's roles", () => {
    const json = synthRoles({ permissionsBoundary: HOUSE_BOUNDARY });
    expect(json.resource["aws_iam_policy"]).not.toHaveProperty("boundary_policy");
    expect(json.data!["aws_iam_policy"]!["boundary_policy"]!["arn"]).toBe(HOUSE_BOUNDARY);
    expect(json.resource["aws_iam_policy"]!["identity_policy"]!["policy"]).toContain(
      `"iam:PermissionsBoundary":"${HOUSE_BOUNDARY}"`,
    );
  });

  test.each([OWN_BOUNDARY, HOUSE_BOUNDARY])("%s is of the credentials' account", (arn) => {
    const { account } = synthRoles({ permissionsBoundary: arn }).data!["aws_caller_identity"]!;
    expect(account).toMatchObject({
      lifecycle: { postcondition: [{ condition: `\${self.account_id == "${ACCOUNT_ID}"}` }] },
    });
  });
});

test("the examples of docs/github-roles.md are settings that are taken", () => {
  const file = path.join(CHECKOUT, "docs/github-roles.md");
  const examples = [...readFileSync(file, "utf8").matchAll(/```json\n(.*?)```/gs)];
  expect(examples).toHaveLength(2);
  for (const [, json = ""] of examples) {
    expect(parseSettings(JSON.parse(json))).toHaveProperty("settings.account", "standard");
  }
});

test("the outputs are what GitHub and the settings are to be told", () => {
  expect(synthRoles().output).toMatchObject({
    plan_role_arn: { value: "${aws_iam_role.plan.arn}" },
    deploy_role_arn: { value: "${aws_iam_role.deploy.arn}" },
    permissions_boundary: { description: "For the fleet's setting permissionsBoundary" },
  });
});
