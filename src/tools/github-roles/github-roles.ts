import { TerraformOutput } from "cdktf";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsIamPolicy } from "@cdktf/provider-aws/lib/data-aws-iam-policy";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import { ReadableStack } from "../../fleet/stack/readable-stack";
import {
  configureBackendWithoutWorkspaces,
  MINIMUM_TERRAFORM_VERSION,
} from "../../fleet/stack/backend";
import { rolesProps, type RolesConfiguration } from "./configuration";
import { GithubRole } from "./github-role";
import { OidcProvider } from "./oidc-provider";
import { githubRoles } from "./roles";

/** The stack's name: the folder in cdktf.out, and the one in the state's bucket. */
export const GITHUB_ROLES = "github-roles";

/** IAM is in force in all regions, and lives in this one. */
const IAM_REGION = "us-east-1";

/**
 * The roles that GitHub's workflows take on to plan and to deploy the fleet, with their policies, and
 * GitHub's OIDC provider where the account has none. One for all regions of a fleet; its state is
 * where these roles can neither read nor write it.
 */
export class GithubRoles extends ReadableStack {
  constructor(scope: Construct, id: string, configuration: RolesConfiguration) {
    super(scope, id);
    const { settings, github, state } = configuration;
    const { name } = settings;

    this.addOverride("terraform.required_version", `>= ${MINIMUM_TERRAFORM_VERSION}`);
    configureBackendWithoutWorkspaces(this, state, `${GITHUB_ROLES}/${name}`);
    new AwsProvider(this, "aws", {
      region: IAM_REGION,
      defaultTags: [{ tags: { Project: name, ManagedBy: "cdktf", ...settings.tags } }],
    });

    const { policies, roles, permissionsBoundary } = githubRoles(
      rolesProps(configuration, this.accountId(settings.permissionsBoundary)),
    );
    const policyArns = new Map(
      Object.entries(policies).map(([key, { name, document }]) => [
        key,
        new IamPolicy(this, `${key}-policy`, { name, policy: JSON.stringify(document) }).arn,
      ]),
    );
    if (!policyArns.has("boundary")) {
      new DataAwsIamPolicy(this, "boundary-policy", { arn: permissionsBoundary });
    }

    const oidcProvider = new OidcProvider(this, "github", { source: github.oidcProvider });
    for (const [key, { policies: keys, ...role }] of Object.entries(roles)) {
      const { arn } = new GithubRole(this, key, {
        ...role,
        policyArns: Object.fromEntries(keys.map((policy) => [policy, policyArns.get(policy)!])),
        dependsOn: [oidcProvider.exists],
      });
      new TerraformOutput(this, `${key}_role_arn`, {
        value: arn,
        description: `For GitHub's variable ${key.toUpperCase()}_ROLE_ARN`,
      });
    }
    new TerraformOutput(this, "permissions_boundary", {
      value: permissionsBoundary,
      description: "For the fleet's setting permissionsBoundary",
    });
  }

  /**
   * The twelve digits of the account of the credentials. The plan fails where the boundary is of
   * another.
   */
  private accountId(permissionsBoundary: string | undefined): string {
    const [, , , , owner] = permissionsBoundary?.split(":") ?? [];
    return new DataAwsCallerIdentity(this, "account", {
      ...(owner !== undefined && {
        lifecycle: {
          postcondition: [
            {
              condition: `\${self.account_id == "${owner}"}`,
              errorMessage:
                `The setting "permissionsBoundary" names a policy of the account ${owner}, and these credentials ` +
                `are of \${self.account_id}. Take those of ${owner}, or name a policy of \${self.account_id}.`,
            },
          ],
        },
      }),
    }).accountId;
  }
}
