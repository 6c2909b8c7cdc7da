import type { ITerraformDependable } from "cdktf";

/** What a test instance runs under. */
export interface InstanceIdentity {
  /** The instance profile with which a client registers in Systems Manager. */
  readonly instanceProfileName: string;

  /** What must exist before the roles do what they are for. */
  readonly dependables: readonly ITerraformDependable[];
}

/** The IAM roles the fleet runs under: what differs between a Learner Lab and an ordinary account. */
export interface Identity extends InstanceIdentity {
  /** What ECS itself assumes to pull the image and write the log. */
  readonly executionRoleArn: string;

  /**
   * What the container could assume.
   * @default - none: the container gets no AWS credentials
   */
  readonly taskRoleArn?: string;
}
