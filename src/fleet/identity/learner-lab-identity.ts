import { DataAwsIamRole } from "@cdktf/provider-aws/lib/data-aws-iam-role";
import { Construct } from "constructs";
import type { Identity, InstanceIdentity } from "./identity";

/** What every lab has for its instances. */
export const LAB_INSTANCES: InstanceIdentity = {
  instanceProfileName: "LabInstanceProfile",
  dependables: [],
};

/**
 * The roles that every AWS Academy Learner Lab comes with; none is created.
 *
 * The container gets no task role: `LabRole` may do nearly everything in the account, the proxy
 * needs nothing of it, and it is the proxy that strangers' requests pass through.
 */
export class LearnerLabIdentity extends Construct implements Identity {
  public readonly executionRoleArn: string;
  public readonly instanceProfileName = LAB_INSTANCES.instanceProfileName;
  public readonly dependables = LAB_INSTANCES.dependables;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.executionRoleArn = new DataAwsIamRole(this, "lab", { name: "LabRole" }).arn;
  }
}
