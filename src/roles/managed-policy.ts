import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
  type IAMClient,
  type Policy,
  type Tag,
} from "@aws-sdk/client-iam";
import { nameOf } from "../aws-errors";
import type { Owned } from "./ownership";
import type { PolicyDocument } from "../identity/policy-document";

/** How many versions of a policy IAM keeps; for another, one must go. */
const MAX_VERSIONS = 5;

export interface PolicyName {
  readonly name: string;
  /** The twelve digits of the AWS account. */
  readonly accountId: string;
}

export interface ManagedPolicy extends PolicyName {
  readonly document: PolicyDocument;
  readonly tags: Tag[];
}

/**
 * Makes a customer managed policy, or gives an existing one, whoever's it is, a new version where it
 * differs.
 *
 * @returns its ARN.
 */
export async function putManagedPolicy(policy: ManagedPolicy, iam: IAMClient): Promise<string> {
  const arn = policyArn(policy);
  const document = JSON.stringify(policy.document);
  try {
    await iam.send(
      new CreatePolicyCommand({
        PolicyName: policy.name,
        PolicyDocument: document,
        Tags: policy.tags,
      }),
    );
  } catch (error) {
    if (nameOf(error) !== "EntityAlreadyExistsException") throw error;
    if (document !== (await readDocument(arn, iam))) await putVersion(arn, document, iam);
  }
  return arn;
}

/** The policy of that name, to be asked whose it is. */
export function ownedPolicy(policy: PolicyName, iam: IAMClient): Owned {
  return { description: `policy ${policy.name}`, find: () => findPolicy(policyArn(policy), iam) };
}

/** The policy's ARN. */
export function policyArn({ name, accountId }: PolicyName): string {
  return `arn:aws:iam::${accountId}:policy/${name}`;
}

/** The policy of that ARN; an error where there is none. */
export async function findPolicy(arn: string, iam: IAMClient): Promise<Policy | undefined> {
  return (await iam.send(new GetPolicyCommand({ PolicyArn: arn }))).Policy;
}

async function readDocument(arn: string, iam: IAMClient): Promise<string> {
  const policy = await findPolicy(arn, iam);
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: policy?.DefaultVersionId }),
  );
  return decodeURIComponent(PolicyVersion?.Document ?? "");
}

async function putVersion(arn: string, document: string, iam: IAMClient): Promise<void> {
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: arn }));
  if (Versions.length >= MAX_VERSIONS) {
    // The newest comes first.
    const oldest = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).at(-1);
    await iam.send(
      new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: oldest?.VersionId }),
    );
  }
  await iam.send(
    new CreatePolicyVersionCommand({
      PolicyArn: arn,
      PolicyDocument: document,
      SetAsDefault: true,
    }),
  );
}
