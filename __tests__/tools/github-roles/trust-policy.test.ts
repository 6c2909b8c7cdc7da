import { deployTrust, planTrust } from "../../../src/tools/github-roles/trust-policy";
import { ACCOUNT_ID } from "./simulate";

const NAME = "example/proxy-fleet";
const WITH_IDS = "example@123456/proxy-fleet@456789";

/** The subjects that a role trusts, which are compared as they stand. */
function subjects(trust: typeof planTrust, repository: string): unknown {
  const [{ Condition, Principal, Action }, ...others] = trust({
    accountId: ACCOUNT_ID,
    repository,
  }).Statement;
  expect(others).toEqual([]);
  expect(Action).toBe("sts:AssumeRoleWithWebIdentity");
  expect(Principal).toEqual({
    Federated: `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/token.actions.githubusercontent.com`,
  });
  expect(Object.keys(Condition)).toEqual(["StringEquals"]);
  expect(Object.keys(Condition.StringEquals)).toHaveLength(2);
  expect(Condition.StringEquals["token.actions.githubusercontent.com:aud"]).toBe(
    "sts.amazonaws.com",
  );
  return Condition.StringEquals["token.actions.githubusercontent.com:sub"];
}

describe.each([NAME, WITH_IDS])("of the repository %s", (repository) => {
  test("pull requests and main may plan", () => {
    expect(subjects(planTrust, repository)).toEqual([
      `repo:${repository}:pull_request`,
      `repo:${repository}:ref:refs/heads/main`,
    ]);
  });

  test("only the environment may deploy", () => {
    expect(subjects(deployTrust, repository)).toEqual([`repo:${repository}:environment:deploy`]);
  });
});

describe.each<[string, typeof planTrust]>([
  ["plan", planTrust],
  ["deploy", deployTrust],
])("the %s role", (_, trust) => {
  test.each([
    // A fork's own workflows, and another repository's.
    "repo:somebody/proxy-fleet:pull_request",
    "repo:somebody/proxy-fleet:environment:deploy",
    "repo:example/other:ref:refs/heads/main",
    "repo:example/proxy-fleet-2:environment:deploy",
    `repo:${NAME}:ref:refs/heads/feature`,
    `repo:${NAME}:ref:refs/tags/main`,
    `repo:${NAME}:environment:deploy-test`,
    `repo:${NAME}:environment:main`,
    // An environment, a branch and a repository may bear cunning names.
    `repo:example/other:environment:x:repo:${NAME}:environment:deploy`,
    // The name alone, recycled, of a repository that is trusted with its ids.
    `repo:${WITH_IDS}:pull_request`,
  ])("does not trust %s", (subject) => {
    expect(subjects(trust, NAME)).not.toContain(subject);
  });
});
