import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  paginateListAttachedRolePolicies,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  type IAMClient,
  type Role,
  type Tag,
} from "@aws-sdk/client-iam";
import { ifExists, type Owned } from "./ownership";
import type { TrustPolicy } from "./trust-policy";

/** The longest session of a role: an hour, for which GitHub's workflows ask. */
const MAX_SESSION_SECONDS = 3600;

export interface RoleProps {
  readonly name: string;
  readonly description: string;
  /** Who takes it on. */
  readonly trust: TrustPolicy;
  readonly tags: readonly Tag[];
  /** The policies that are attached to it. */
  readonly policyArns: readonly string[];
  /** The beginning of the ARNs of policies that are detached where `policyArns` lacks them. */
  readonly ownPolicies: string;
}

/**
 * Makes a role, or brings an existing one, whoever's it is, to the same condition.
 *
 * @returns its ARN.
 */
export async function putRole(props: RoleProps, iam: IAMClient): Promise<string> {
  const existing = await ifExists(findRole(props.name, iam));
  const role = existing ?? (await createRole(props, iam));
  if (existing !== undefined) await updateRole(props, iam);
  await putAttachments(props, iam);
  return role.Arn!;
}

/** The role of that name, to be asked whose it is. */
export function ownedRole(name: string, iam: IAMClient): Owned {
  return { description: `role ${name}`, find: () => findRole(name, iam) };
}

async function findRole(name: string, iam: IAMClient): Promise<Role | undefined> {
  return (await iam.send(new GetRoleCommand({ RoleName: name }))).Role;
}

async function createRole(props: RoleProps, iam: IAMClient): Promise<Role> {
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: props.name,
      Description: props.description,
      AssumeRolePolicyDocument: JSON.stringify(props.trust),
      MaxSessionDuration: MAX_SESSION_SECONDS,
      Tags: [...props.tags],
    }),
  );
  return Role!;
}

async function updateRole(props: RoleProps, iam: IAMClient): Promise<void> {
  const role = { RoleName: props.name };
  await iam.send(
    new UpdateRoleCommand({
      ...role,
      Description: props.description,
      MaxSessionDuration: MAX_SESSION_SECONDS,
    }),
  );
  await iam.send(
    new UpdateAssumeRolePolicyCommand({ ...role, PolicyDocument: JSON.stringify(props.trust) }),
  );
  await iam.send(new TagRoleCommand({ ...role, Tags: [...props.tags] }));
}

async function putAttachments(props: RoleProps, iam: IAMClient): Promise<void> {
  const role = { RoleName: props.name };
  for (const PolicyArn of props.policyArns) {
    await iam.send(new AttachRolePolicyCommand({ ...role, PolicyArn }));
  }
  for await (const page of paginateListAttachedRolePolicies({ client: iam }, role)) {
    for (const { PolicyArn = "" } of page.AttachedPolicies ?? []) {
      if (!PolicyArn.startsWith(props.ownPolicies)) continue;
      if (props.policyArns.includes(PolicyArn)) continue;
      await iam.send(new DetachRolePolicyCommand({ ...role, PolicyArn }));
    }
  }
}
