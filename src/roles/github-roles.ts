import type { IAMClient, Tag } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { explainAwsError, nameOf } from "../aws-errors";
import { UserError } from "../user-error";
import { boundaryName, boundaryPolicy, requireBoundary } from "./boundary";
import { ownedPolicy, policyArn, putManagedPolicy } from "./managed-policy";
import { ensureOidcProvider } from "./oidc-provider";
import { requireOwn } from "./ownership";
import { deployPolicy, identityPolicy, networkPolicy, planPolicy, statePolicy } from "./policies";
import { ownedRole, putRole } from "./role";
import { deployTrust, planTrust } from "./trust-policy";

/** The region in which IAM lives; its roles are in force in all regions. */
export const IAM_REGION = "us-east-1";

export interface GithubRolesProps {
  /** The fleet's `name`, the beginning of the roles' names. */
  readonly name: string;
  /** The repository whose workflows take the roles on, as GitHub's tokens name it. */
  readonly repository: string;
  /** The S3 bucket with the state. */
  readonly bucket: string;
  /** The regions that the settings admit. */
  readonly regions: readonly string[];
  /**
   * The ARN of the policy that bounds the fleet's own roles.
   * @default - the policy `<name>-boundary`, which is made
   */
  readonly permissionsBoundary?: string;
  /**
   * The ECR repository of an image from elsewhere, from which the fleet's own roles may pull.
   * @default - none: the image is built here, or in a registry that needs no login
   */
  readonly repositoryArn?: string;
}

/** The ARNs of the roles, and of what bounds the roles that they make. */
export interface GithubRoles {
  readonly planRoleArn: string;
  readonly deployRoleArn: string;
  readonly permissionsBoundary: string;
}

/**
 * Makes the roles that GitHub's workflows take on to plan and to deploy the fleet, with their
 * policies, and GitHub's OIDC provider where the account has none; or brings existing ones to the
 * same condition. What others have attached to the roles stays. The role that deploys makes the fleet's
 * own roles only within a permissions boundary, which it cannot change.
 *
 * The policies are customer managed ones, because a role's inline policies have room for 10,240
 * characters and the deploy role needs more.
 *
 * @throws UserError when the credentials are missing, expired or insufficient; or, before anything is
 *   changed, when a role or a policy of that name is somebody else's, or the named boundary does not
 *   exist. What was interrupted is completed by another run.
 */
export async function createRoles(
  props: GithubRolesProps,
  iam: IAMClient,
  sts: STSClient,
): Promise<GithubRoles> {
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    const account = { ...props, accountId: Account! };
    const prefix = `${props.name}-github-`;
    const own: Tag = { Key: "Project", Value: props.name };
    const tags = [own, { Key: "ManagedBy", Value: "cdktf" }];
    const ownBoundary = {
      ...account,
      name: boundaryName(props.name),
      document: boundaryPolicy(account),
      tags,
    };
    const { permissionsBoundary = policyArn(ownBoundary) } = props;
    const isOwnBoundary = permissionsBoundary === policyArn(ownBoundary);
    const documents = {
      state: statePolicy(account),
      plan: planPolicy(account),
      deploy: deployPolicy(account),
      network: networkPolicy(account),
      identity: identityPolicy({ ...account, permissionsBoundary }),
    };

    // All of them before anything is written.
    for (const id of Object.keys(documents)) {
      await requireOwn(ownedPolicy({ ...account, name: `${prefix}${id}` }, iam), own);
    }
    for (const id of ["plan", "deploy"]) await requireOwn(ownedRole(`${prefix}${id}`, iam), own);
    if (isOwnBoundary) await requireOwn(ownedPolicy(ownBoundary, iam), own);
    else await requireBoundary(permissionsBoundary, account.accountId, iam);

    await ensureOidcProvider(account.accountId, iam);
    if (isOwnBoundary) await putManagedPolicy(ownBoundary, iam);
    const policy = (id: keyof typeof documents) =>
      putManagedPolicy({ ...account, name: `${prefix}${id}`, document: documents[id], tags }, iam);
    const state = await policy("state");
    const plan = await policy("plan");
    const deploy = await policy("deploy");
    const network = await policy("network");
    const identity = await policy("identity");

    const common = {
      tags,
      ownPolicies: `arn:aws:iam::${account.accountId}:policy/${prefix}`,
    };
    return {
      permissionsBoundary,
      planRoleArn: await putRole(
        {
          ...common,
          name: `${prefix}plan`,
          description: "Plans the fleet in GitHub's workflows; reads",
          trust: planTrust(account),
          policyArns: [state, plan],
        },
        iam,
      ),
      deployRoleArn: await putRole(
        {
          ...common,
          name: `${prefix}deploy`,
          description: "Deploys the fleet from GitHub's environment deploy",
          trust: deployTrust(account),
          policyArns: [state, plan, deploy, network, identity],
        },
        iam,
      ),
    };
  } catch (error) {
    throw explain(error);
  }
}

/** What the errors of AWS mean here; others pass unchanged. */
function explain(error: unknown): unknown {
  const { message } = error as { message?: string };
  switch (nameOf(error)) {
    case "AccessDenied":
    case "AccessDeniedException":
      return new UserError(
        `These credentials may not make the roles. AWS says: ${message}. Use those of an administrator of IAM; ` +
          "a Learner Lab has none.",
      );
    case "LimitExceededException":
      return new UserError(`IAM has no room for the roles. AWS says: ${message}`);
    default:
      return explainAwsError(error, IAM_REGION);
  }
}
