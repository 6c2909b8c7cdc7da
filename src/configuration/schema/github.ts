import { z } from "zod";
import { group, oneOf, text } from "./checks";

const OWNER = "[A-Za-z0-9][A-Za-z0-9_-]{0,38}";
const REPOSITORY = "(?![^/]*\\.git(@|$))[A-Za-z0-9._-]{1,100}";
const ID = "@[0-9]+";

/**
 * A repository as GitHub's tokens name it: `owner/name`; or with both ids, `owner@id/name@id`, if it
 * was made, renamed or transferred since 15 July 2026, or opted in.
 * Source: "Immutable subject claims for GitHub Actions OIDC tokens", GitHub's changelog.
 */
const repository = text(
  new RegExp(`^(${OWNER}/${REPOSITORY}|${OWNER}${ID}/${REPOSITORY}${ID})$`),
  "the repository as GitHub's tokens name it, owner/name, in the same upper and lower case; or " +
    "owner@id/name@id for one that was made, renamed or transferred since 15 July 2026, which this prints: " +
    `gh api repos/<owner>/<name> --jq '"\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id)"'`,
);

export const github = group({
  repository: repository.describe(
    "In an ordinary account, the repository whose workflows get the [roles](github-roles.md#make-them) to plan and " +
      "to deploy: `owner/name` as GitHub's tokens have it, or `owner@id/name@id`",
  ),
  oidcProvider: z
    .enum(["create", "existing"], {
      error:
        '"existing" if the account has GitHub\'s OIDC provider, which "aws iam list-open-id-connect-providers" ' +
        'shows with token.actions.githubusercontent.com; else "create"',
    })
    .describe(
      'Goes with `repository`: `"existing"` if the account has GitHub\'s OIDC provider already, else `"create"`',
    ),
  rulesPreview: oneOf("off", "on")
    .default("off")
    .describe(
      '`"on"`: the role that plans may query the access log, so that a pull request shows ' +
        "[what changed rules would do](pull-requests.md#what-changed-rules-would-do) to the last week's requests",
    ),
}).describe("The roles of GitHub's workflows, in an ordinary account");
