/** The OIDC provider of GitHub's workflows, without `https://`. */
export const GITHUB_OIDC_PROVIDER = "token.actions.githubusercontent.com";

/** Whom the tokens of the workflows are for, as aws-actions/configure-aws-credentials asks for them. */
export const AUDIENCE = "sts.amazonaws.com";

/** The GitHub environment from which alone the fleet is deployed. */
export const DEPLOY_ENVIRONMENT = "deploy";

/** The branch whose workflows may plan without a pull request. */
const MAIN_BRANCH = "main";

/** Which of GitHub's workflows take on a role: a trust policy. */
export interface TrustPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly [
    {
      readonly Effect: "Allow";
      readonly Principal: { readonly Federated: string };
      readonly Action: "sts:AssumeRoleWithWebIdentity";
      readonly Condition: {
        readonly StringEquals: Readonly<Record<string, string | readonly string[]>>;
      };
    },
  ];
}

export interface TrustProps {
  /** The twelve digits of the AWS account. */
  readonly accountId: string;
  /** The repository as GitHub's tokens name it: the setting `github.repository`. */
  readonly repository: string;
}

/** Trusts the repository's pull requests, and what runs on its branch `main`. */
export function planTrust(props: TrustProps): TrustPolicy {
  return trust(props, ["pull_request", `ref:refs/heads/${MAIN_BRANCH}`]);
}

/** Trusts the jobs of the repository's environment `deploy`, which GitHub lets reviewers guard. */
export function deployTrust(props: TrustProps): TrustPolicy {
  return trust(props, [`environment:${DEPLOY_ENVIRONMENT}`]);
}

/** The ARN of GitHub's OIDC provider, which an account has once. */
export function oidcProviderArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:oidc-provider/${GITHUB_OIDC_PROVIDER}`;
}

function trust({ accountId, repository }: TrustProps, contexts: readonly string[]): TrustPolicy {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: oidcProviderArn(accountId) },
        Action: "sts:AssumeRoleWithWebIdentity",
        // No patterns: one would let a branch or an environment of a cunning name in.
        Condition: {
          StringEquals: {
            [`${GITHUB_OIDC_PROVIDER}:aud`]: AUDIENCE,
            [`${GITHUB_OIDC_PROVIDER}:sub`]: contexts.map(
              (context) => `repo:${repository}:${context}`,
            ),
          },
        },
      },
    ],
  };
}
