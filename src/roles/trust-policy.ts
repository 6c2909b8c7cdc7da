import { UserError } from "../user-error";

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
  /** The repository as GitHub's tokens name it; see {@link parseRepository}. */
  readonly repository: string;
}

const OWNER = "[A-Za-z0-9][A-Za-z0-9_-]{0,38}";
const REPOSITORY = "[A-Za-z0-9._-]{1,100}";
const ID = "@[0-9]+";
const REPOSITORY_PATTERN = new RegExp(
  `^(?:${OWNER}/${REPOSITORY}|${OWNER}${ID}/${REPOSITORY}${ID})$`,
);

/**
 * The repository as GitHub's tokens name it: `owner/name`; or with both ids,
 * `owner@id/name@id`, if it was made, renamed or transferred since 15 July 2026, or opted in.
 * Source: "Immutable subject claims for GitHub Actions OIDC tokens", GitHub's changelog.
 *
 * @throws UserError where it is neither.
 */
export function parseRepository(value: string | undefined): string {
  if (value !== undefined && REPOSITORY_PATTERN.test(value) && !/\.git(@|$)/.test(value))
    return value;
  const given = value ? `${JSON.stringify(value)} is not allowed` : "not set";
  throw new UserError(
    `environment variable GITHUB_REPOSITORY: ${given}. Allowed: the repository as GitHub's tokens name it, ` +
      "owner/name, in the same upper and lower case, or owner@id/name@id for one that was made, renamed or transferred since 15 July 2026. This prints the latter: " +
      `gh api repos/<owner>/<name> --jq '"\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id)"'`,
  );
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
