import type { ITerraformDependable } from "cdktf";
import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";
import { SELF } from "../../fleet/stack/readable-stack";
import { AUDIENCE, GITHUB_OIDC_PROVIDER } from "./trust-policy";

const URL = `https://${GITHUB_OIDC_PROVIDER}`;

export interface OidcProviderProps {
  /**
   * `create` makes it, and destroys it again; `existing` looks it up, and the plan fails where there is
   * none, or where it does not serve AWS.
   */
  readonly source: "create" | "existing";
}

/** GitHub's OIDC provider, which an account has once for all repositories. */
export class OidcProvider extends Construct {
  /** What a role that trusts the provider waits for. */
  public readonly exists: ITerraformDependable;

  constructor(scope: Construct, id: string, { source }: OidcProviderProps) {
    super(scope, id);
    if (source === "create") {
      // Without thumbprints: AWS knows GitHub's certificate authority.
      this.exists = new IamOpenidConnectProvider(this, SELF, {
        url: URL,
        clientIdList: [AUDIENCE],
      });
      return;
    }
    this.exists = new DataAwsIamOpenidConnectProvider(this, SELF, {
      url: URL,
      lifecycle: {
        postcondition: [
          {
            condition: `\${contains(self.client_id_list, "${AUDIENCE}")}`,
            errorMessage:
              `The account's OIDC provider \${self.arn} does not have the audience ${AUDIENCE}. Type: ` +
              "aws iam add-client-id-to-open-id-connect-provider --client-id " +
              `${AUDIENCE} --open-id-connect-provider-arn \${self.arn}`,
          },
        ],
      },
    });
  }
}
