import type { Peer } from "./security-group";

/** A VPC as those see it that put something into it, whoever made it. */
export interface Network {
  readonly vpcId: string;
  /** Whoever is in it. */
  readonly hosts: Peer;
  /** One in each of its zones. */
  readonly privateSubnetIds: readonly string[];
}

/** Availability zones, by the names that one account has for them, or by the ids that are the same in all. */
export type Zones = { readonly names: readonly string[] } | { readonly ids: readonly string[] };
