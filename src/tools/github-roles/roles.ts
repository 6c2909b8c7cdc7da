import type { PolicyDocument } from "../../fleet/identity/policy-document";
import { boundaryName, boundaryPolicy, type BoundaryProps } from "./boundary";
import {
  adoptedPolicy,
  adoptingPolicy,
  deployPolicy,
  identityPolicy,
  logPolicy,
  monitoringPolicy,
  networkPolicy,
  planPolicy,
  statePolicy,
  type AdoptedProps,
  type PolicyProps,
} from "./policies";
import { deployTrust, planTrust, type TrustPolicy, type TrustProps } from "./trust-policy";

export interface RolesProps extends PolicyProps, AdoptedProps, BoundaryProps, TrustProps {
  /**
   * The ARN of the policy that bounds the fleet's own roles.
   * @default - `<name>-boundary`, which is then one of the policies
   */
  readonly permissionsBoundary?: string;
  /**
   * Whether both roles may query the access log.
   * @default "off"
   */
  readonly rulesPreview?: "off" | "on";
}

/** A customer managed policy. A role's inline policies have room for 10,240 characters, and that is too little. */
export interface ManagedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** A role that GitHub's workflows take on. */
export interface WorkflowRole {
  readonly name: string;
  readonly description: string;
  readonly trustPolicy: TrustPolicy;
  /** The keys of its policies. */
  readonly policies: readonly string[];
}

/** All that is made in IAM, under keys that are short and stable. */
export interface Roles {
  readonly policies: Readonly<Record<string, ManagedPolicy>>;
  readonly roles: Readonly<Record<"plan" | "deploy", WorkflowRole>>;
  /** The ARN of the policy that bounds the fleet's own roles. */
  readonly permissionsBoundary: string;
}

/** The keys of the policies that planning needs. */
const PLANNING = ["state", "plan", "monitoring", "adopted", "log"];

/** The roles with which GitHub's workflows plan and deploy the fleet, and their policies. */
export function githubRoles(props: RolesProps): Roles {
  const { name, accountId } = props;
  const boundary = boundaryName(name);
  const { permissionsBoundary = `arn:aws:iam::${accountId}:policy/${boundary}` } = props;
  const isOwnBoundary = permissionsBoundary.endsWith(`:policy/${boundary}`);
  const adopting = adoptingPolicy(props);
  const documents = {
    state: statePolicy(props),
    plan: planPolicy(props),
    monitoring: monitoringPolicy(props),
    adopted: adoptedPolicy(props),
    deploy: deployPolicy(props),
    identity: identityPolicy({ ...props, permissionsBoundary }),
    network: networkPolicy(props),
    // IAM takes no policy without a statement.
    ...(adopting.Statement.length > 0 && { adopting }),
    ...(props.rulesPreview === "on" && { log: logPolicy(props) }),
  };
  const prefix = `${name}-github`;
  return {
    policies: {
      ...Object.fromEntries(
        Object.entries(documents).map(([key, document]) => [
          key,
          { name: `${prefix}-${key}`, document },
        ]),
      ),
      ...(isOwnBoundary && { boundary: { name: boundary, document: boundaryPolicy(props) } }),
    },
    roles: {
      plan: {
        name: `${prefix}-plan`,
        description: "Plans the fleet in GitHub's workflows; reads",
        trustPolicy: planTrust(props),
        policies: Object.keys(documents).filter((key) => PLANNING.includes(key)),
      },
      deploy: {
        name: `${prefix}-deploy`,
        description: "Deploys the fleet from GitHub's environment deploy",
        trustPolicy: deployTrust(props),
        policies: Object.keys(documents),
      },
    },
    permissionsBoundary,
  };
}
