import { VpcEndpointService } from "@cdktf/provider-aws/lib/vpc-endpoint-service";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";
import type { Acceptance } from "./acceptance";

export interface EndpointServiceProps {
  /** The `Name` tag. */
  readonly name: string;
  readonly loadBalancerArn: string;
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
export class EndpointService extends Construct {
  public readonly serviceId: string;
  /** What a client names when it creates its endpoint. */
  public readonly serviceName: string;
  public readonly acceptance: Acceptance;

  constructor(scope: Construct, id: string, props: EndpointServiceProps) {
    super(scope, id);
    const service = new VpcEndpointService(this, SELF, {
      networkLoadBalancerArns: [props.loadBalancerArn],
      acceptanceRequired: props.acceptance === "explicit",
      allowedPrincipals: [...props.allowedPrincipals],
      ...(props.supportedRegions !== undefined && {
        supportedRegions: [...props.supportedRegions],
      }),
      tags: { Name: props.name },
    });
    this.serviceId = service.id;
    this.serviceName = service.serviceName;
    this.acceptance = props.acceptance;
  }
}
