/** A VPC as those see it that put something into it, whoever made it. */
export interface Network {
  readonly vpcId: string;
  /** The VPC's IPv4 network. */
  readonly cidr: string;
  /** One in each of its zones. */
  readonly privateSubnetIds: readonly string[];
}
