import type { ITerraformDependable } from "cdktf";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { roleName, type FleetRole } from "../names";
import type { Identity } from "./identity";
import {
  executionPermissions,
  SSM_CORE_POLICY_ARN,
  type ExecutionPermissionsProps,
} from "./execution-permissions";
import { policyDocument } from "./policy-document";

export interface StandardIdentityProps extends ExecutionPermissionsProps {
  /** The fleet's name, the beginning of the roles' names. */
  readonly name: string;
  /** The region, part of the roles' names. */
  readonly region: string;
  /**
   * The ARN of the policy that bounds the roles: the most they may do, whatever policies they have.
   * @default - none
   */
  readonly permissionsBoundary?: string;
}

/** Roles of the fleet's own, each with no more than its user needs. */
export class StandardIdentity extends Construct implements Identity {
  public readonly executionRoleArn: string;
  public readonly taskRoleArn: string;
  public readonly instanceProfileName: string;
  public readonly dependables: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: StandardIdentityProps,
  ) {
    super(scope, id);

    const execution = this.role("execution", "ecs-tasks.amazonaws.com", "Starts the proxy's tasks");
    const executionPolicy = new IamRolePolicy(this, "execution-policy", {
      name: "pull-image-and-write-log",
      role: execution.name,
      policy: JSON.stringify(policyDocument(executionPermissions(props))),
    });
    this.executionRoleArn = execution.arn;

    this.taskRoleArn = this.role(
      "task",
      "ecs-tasks.amazonaws.com",
      "Held by the proxy's container; permits nothing",
    ).arn;

    const client = this.role("client", "ec2.amazonaws.com", "Registers clients in Systems Manager");
    const clientPolicy = new IamRolePolicyAttachment(this, "client-ssm", {
      role: client.name,
      policyArn: SSM_CORE_POLICY_ARN,
    });
    this.instanceProfileName = new IamInstanceProfile(this, "client-profile", {
      name: client.name,
      role: client.name,
    }).name;

    this.dependables = [executionPolicy, clientPolicy];
  }

  private role(id: FleetRole, service: string, description: string): IamRole {
    return new IamRole(this, id, {
      name: roleName(this.props.name, id, this.props.region),
      description,
      permissionsBoundary: this.props.permissionsBoundary,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
      }),
    });
  }
}
