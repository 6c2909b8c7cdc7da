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
      tags: { Name: props.name },
    });
    this.serviceId = service.id;
    this.serviceName = service.serviceName;
    this.acceptance = props.acceptance;
  }
}
