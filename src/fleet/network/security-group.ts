import { Token, type ITerraformDependable, type ListTerraformIterator } from "cdktf";
import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";

export interface SecurityGroupProps {
  /** The group's name, unique in its VPC. Changing it replaces the group. */
  readonly name: string;
  /** What the group is for, in ASCII. Changing it replaces the group. */
  readonly description: string;
  readonly vpcId: string;
}

/**
 * The other end of a connection: a network, or whoever is in a security group; or several networks
 * that Terraform looks up, each of which has a rule of its own.
 */
export type Peer =
  | { readonly cidr: string }
  | { readonly securityGroupId: string }
  | { readonly cidrs: ListTerraformIterator };

/** One TCP port that a security group opens towards a peer. */
export interface Opening {
  readonly peer: Peer;
  readonly port: number;
  readonly description: string;
}

/** A security group that admits and emits nothing but the TCP ports it is told to. */
export class SecurityGroup extends Construct {
  public readonly securityGroupId: string;
  private readonly rules: ITerraformDependable[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SecurityGroupProps,
  ) {
    super(scope, id);
    this.securityGroupId = new AwsSecurityGroup(this, SELF, {
      name: props.name,
      description: props.description,
      vpcId: props.vpcId,
      tags: { Name: props.name },
    }).id;
  }

  /** What must exist before the group lets anything pass: its rules, as many as there are so far. */
  public get dependables(): readonly ITerraformDependable[] {
    return this.rules;
  }

  /** Admits connections from the peer. The id becomes part of the rule's Terraform address. */
  public allowIngress(id: string, opening: Opening): void {
    this.rules.push(new VpcSecurityGroupIngressRule(this, id, this.rule(id, opening)));
  }

  /** Lets connections to the peer out. The id becomes part of the rule's Terraform address. */
  public allowEgress(id: string, opening: Opening): void {
    this.rules.push(new VpcSecurityGroupEgressRule(this, id, this.rule(id, opening)));
  }

  private rule(id: string, { peer, port, description }: Opening) {
    return {
      securityGroupId: this.securityGroupId,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      description,
      tags: { Name: `${this.props.name}-${id}` },
      ...peerArguments(peer),
    };
  }
}

function peerArguments(peer: Peer) {
  if ("cidr" in peer) return { cidrIpv4: peer.cidr };
  if ("securityGroupId" in peer) return { referencedSecurityGroupId: peer.securityGroupId };
  return { forEach: peer.cidrs, cidrIpv4: Token.asString(peer.cidrs.value) };
}
