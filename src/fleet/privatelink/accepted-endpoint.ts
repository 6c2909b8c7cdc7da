import { Fn, Op, Token } from "cdktf";
import { VpcEndpointConnectionAccepter } from "@cdktf/provider-aws/lib/vpc-endpoint-connection-accepter";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";

export interface AcceptedEndpointProps {
  readonly serviceId: string;
  /** The endpoint, of whatever account. */
  readonly endpointId: string;
  /** The region that the stack is deployed to. */
  readonly region: string;
  /**
   * The region of the service to which the endpoint connects: where the stack is deployed to another,
   * nothing is accepted.
   * @default - the only one
   */
  readonly onlyIn?: string;
}

/**
 * Lets an endpoint of somebody else connect to a service that waits for that. Without this construct
 * AWS disconnects it: when Terraform destroys an acceptance, it rejects the connection.
 */
export class AcceptedEndpoint extends Construct {
  constructor(scope: Construct, id: string, props: AcceptedEndpointProps) {
    super(scope, id);
    const { serviceId, endpointId, region, onlyIn } = props;
    new VpcEndpointConnectionAccepter(this, SELF, {
      vpcEndpointServiceId: serviceId,
      vpcEndpointId: endpointId,
      ...(onlyIn !== undefined && {
        count: Token.asNumber(Fn.conditional(Op.eq(region, onlyIn), 1, 0)),
      }),
    });
  }
}
