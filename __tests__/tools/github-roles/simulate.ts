import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { PolicyDocument } from "../../../src/fleet/identity/policy-document";

/** The AWS account of the suites about roles. */
export const ACCOUNT_ID = "123456789012";

/** A request to AWS. */
export interface Request {
  readonly action: string;
  /** @default "*", for actions that know no resource */
  readonly resource?: string;
  /** @default "us-east-1" */
  readonly region?: string;
  /** Further condition keys. */
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/**
 * Whether IAM would let a role with these policies do it.
 *
 * @param boundary the role's permissions boundary.
 */
export async function isAllowed(
  policies: readonly PolicyDocument[],
  { action, resource = "*", region = "us-east-1", context = {} }: Request,
  boundary?: PolicyDocument,
): Promise<boolean> {
  const result = await runSimulation(
    {
      identityPolicies: policies.map((policy, index) => ({ name: `policy-${index}`, policy })),
      permissionBoundaryPolicies: boundary && [{ name: "boundary", policy: boundary }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      request: {
        principal: `arn:aws:iam::${ACCOUNT_ID}:role/proxy-github`,
        action,
        resource: { resource, accountId: ACCOUNT_ID },
        contextVariables: { "aws:RequestedRegion": region, ...context },
      },
    },
    {},
  );
  if (result.resultType === "error") {
    throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  }
  return result.overallResult === "Allowed";
}
