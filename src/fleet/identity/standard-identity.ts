import type { ITerraformDependable } from "cdktf";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { roleName, type FleetRole } from "../names";
import type { Identity } from "./identity";
import { ClientRole } from "./client-role";
import { executionPermissions, type ExecutionPermissionsProps } from "./execution-permissions";
import { policyDocument, trustOf } from "./policy-document";

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

    const client = new ClientRole(this, "client", {
      name: roleName(props.name, "client", props.region),
      permissionsBoundary: props.permissionsBoundary,
    });
    this.instanceProfileName = client.instanceProfileName;

    this.dependables = [executionPolicy, ...client.dependables];
  }

  private role(id: FleetRole, service: string, description: string): IamRole {
    return new IamRole(this, id, {
      name: roleName(this.props.name, id, this.props.region),
      description,
      permissionsBoundary: this.props.permissionsBoundary,
      assumeRolePolicy: trustOf(service),
    });
  }
}
