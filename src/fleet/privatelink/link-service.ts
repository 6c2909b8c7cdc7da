import type { ITerraformDependable } from "cdktf";
import type { Zones } from "../network/network";

/** The PrivateLink service of the proxies as an endpoint sees it, whoever made it. */
export interface LinkService {
  /** What an endpoint names. */
  readonly serviceName: string;
  /**
   * The zones where it is: an endpoint cannot stand in any other.
   * @default - not known, or of no matter, as in another region
   */
  readonly zones?: Zones;
  /**
   * The region where it is.
   * @default - the endpoint's own
   */
  readonly serviceRegion?: string;
  /**
   * The service's private DNS name, which its endpoints have, and what must exist before they may.
   * @default - endpoints have names of their own alone
   */
  readonly privateDns?: {
    readonly name: string;
    readonly dependables: readonly ITerraformDependable[];
  };
  /**
   * The id by which this stack accepts each of its own endpoints.
   * @default - nobody has to accept them, or somebody else does
   */
  readonly acceptingServiceId?: string;
}
