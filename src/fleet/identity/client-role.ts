import type { ITerraformDependable } from "cdktf";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";
import { SSM_CORE_POLICY_ARN } from "./execution-permissions";
import type { InstanceIdentity } from "./identity";
import { trustOf } from "./policy-document";

export interface ClientRoleProps {
  /** The role's name, and its instance profile's. */
  readonly name: string;
  /**
   * The ARN of the policy that bounds the role.
   * @default - none
   */
  readonly permissionsBoundary?: string;
}

/** The role of test instances, with no more than Session Manager needs. */
export class ClientRole extends Construct implements InstanceIdentity {
  public readonly instanceProfileName: string;
  public readonly dependables: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, permissionsBoundary }: ClientRoleProps) {
    super(scope, id);
    const role = new IamRole(this, SELF, {
      name,
      description: "Registers clients in Systems Manager",
      permissionsBoundary,
      assumeRolePolicy: trustOf("ec2.amazonaws.com"),
    });
    const policy = new IamRolePolicyAttachment(this, "ssm", {
      role: role.name,
      policyArn: SSM_CORE_POLICY_ARN,
    });
    this.instanceProfileName = new IamInstanceProfile(this, "profile", {
      name: role.name,
      role: role.name,
    }).name;
    this.dependables = [policy];
  }
}
