import { VpcEndpointService } from "@cdktf/provider-aws/lib/vpc-endpoint-service";
import { Construct } from "constructs";
import type { Zones } from "../network/network";
import { SELF } from "../stack/readable-stack";
import type { Acceptance } from "./acceptance";
import type { LinkService } from "./link-service";

export interface EndpointServiceProps {
  /** The `Name` tag. */
  readonly name: string;
  readonly loadBalancerArn: string;
  /** The load balancer's zones. */
  readonly zones: Zones;
  /** Who may create endpoints besides the account itself: IAM principals, or `*` for everyone. */
  readonly allowedPrincipals: readonly string[];
  readonly acceptance: Acceptance;
  /**
   * The regions from which endpoints may connect, the service's own among them. Terraform changes
   * nothing where there is no list: to close regions again takes a list without them.
   * @default - the service's own, on a new service. AWS wants a right of its own for any list
   * (`vpce:AllowMultiRegion`).
   */
  readonly supportedRegions?: readonly string[];
}

/** The PrivateLink end of the service: what VPCs of any account in the region connect to. */
export class EndpointService extends Construct implements LinkService {
  public readonly serviceName: string;
  public readonly zones: Zones;
  public readonly acceptingServiceId: string | undefined;

  constructor(scope: Construct, id: string, props: EndpointServiceProps) {
    super(scope, id);
    const isExplicit = props.acceptance === "explicit";
    const service = new VpcEndpointService(this, SELF, {
      networkLoadBalancerArns: [props.loadBalancerArn],
      acceptanceRequired: isExplicit,
      allowedPrincipals: [...props.allowedPrincipals],
      ...(props.supportedRegions !== undefined && {
        supportedRegions: [...props.supportedRegions],
      }),
      tags: { Name: props.name },
    });
    this.serviceName = service.serviceName;
    this.zones = props.zones;
    this.acceptingServiceId = isExplicit ? service.id : undefined;
  }
}
