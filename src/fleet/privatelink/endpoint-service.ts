import { VpcEndpointService } from "@cdktf/provider-aws/lib/vpc-endpoint-service";
import { Construct } from "constructs";
import type { Zones } from "../network/network";
import { SELF } from "../stack/readable-stack";
import type { Acceptance } from "./acceptance";
import type { LinkService } from "./link-service";
import { PrivateDnsName } from "./private-dns-name";

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
  /**
   * A DNS name for all endpoints, and the id of the public zone that proves whose it is. Terraform takes no
   * name away again.
   * @default - none
   */
  readonly privateDns?: { readonly dnsName: string; readonly publicZoneId: string };
}

/** The PrivateLink end of the service: what VPCs of any account in the region connect to. */
export class EndpointService extends Construct implements LinkService {
  public readonly serviceName: string;
  public readonly zones: Zones;
  public readonly acceptingServiceId: string | undefined;
  public readonly privateDns: LinkService["privateDns"];

  constructor(scope: Construct, id: string, props: EndpointServiceProps) {
    super(scope, id);
    const { privateDns } = props;
    const isExplicit = props.acceptance === "explicit";
    const service = new VpcEndpointService(this, SELF, {
      networkLoadBalancerArns: [props.loadBalancerArn],
      acceptanceRequired: isExplicit,
      allowedPrincipals: [...props.allowedPrincipals],
      ...(props.supportedRegions !== undefined && {
        supportedRegions: [...props.supportedRegions],
      }),
      privateDnsName: privateDns?.dnsName,
      tags: { Name: props.name },
    });
    this.serviceName = service.serviceName;
    this.zones = props.zones;
    this.acceptingServiceId = isExplicit ? service.id : undefined;
    if (privateDns !== undefined) {
      const { dependables } = new PrivateDnsName(this, "name", { service, ...privateDns });
      this.privateDns = { name: privateDns.dnsName, dependables };
    }
  }
}
