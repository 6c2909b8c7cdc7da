import type { ITerraformDependable } from "cdktf";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { SELF } from "../../fleet/stack/readable-stack";
import type { TrustPolicy } from "./trust-policy";

export interface GithubRoleProps {
  readonly name: string;
  readonly description: string;
  readonly trustPolicy: TrustPolicy;
  /** The ARNs of its policies, by the ids of the attachments. */
  readonly policyArns: Readonly<Record<string, string>>;
  /** What must exist before it. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** A role that GitHub's workflows take on, for an hour at most. */
export class GithubRole extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: GithubRoleProps) {
    super(scope, id);
    const role = new IamRole(this, SELF, {
      name: props.name,
      description: props.description,
      assumeRolePolicy: JSON.stringify(props.trustPolicy),
      maxSessionDuration: 3600,
      dependsOn: [...props.dependsOn],
    });
    for (const [policy, policyArn] of Object.entries(props.policyArns)) {
      new IamRolePolicyAttachment(this, policy, { role: role.name, policyArn });
    }
    this.arn = role.arn;
  }
}
