import type { ITerraformDependable } from "cdktf";
import type { Peer } from "./security-group";

/** A VPC as those see it that put something into it, whoever made it. */
export interface Network {
  readonly vpcId: string;
  /** Whoever is in it. */
  readonly hosts: Peer;
  /** One in each of its zones. */
  readonly privateSubnetIds: readonly string[];
}

/** The VPC of the proxies, whoever made it: its private subnets have a way out. */
export interface ServiceNetwork extends Network {
  /** The networks of the private subnets. */
  readonly privateSubnetCidrs: readonly string[];
  /** The zones of the private subnets. */
  readonly privateAvailabilityZones: readonly string[];
  /** The same by their ids, such as use1-az1, which mean the same zones in every account. */
  readonly privateAvailabilityZoneIds: readonly string[];
  /** The gateway endpoint by which the private subnets reach S3. */
  readonly s3EndpointId: string;
  /** The NAT gateways of the fleet's own; none where the way out is somebody else's. */
  readonly natGatewayIds: readonly string[];
  /** Their addresses, under which the private subnets appear on the Internet. */
  readonly natPublicIps: readonly string[];
  /** What must exist before something in a private subnet can reach the Internet. */
  readonly dependables: readonly ITerraformDependable[];
}

/** Availability zones, by the names that one account has for them, or by the ids that are the same in all. */
export type Zones = { readonly names: readonly string[] } | { readonly ids: readonly string[] };
