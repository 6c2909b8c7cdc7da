import type { ITerraformDependable } from "cdktf";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";
import type { ProxyEndpoint } from "./proxy-endpoint";

export interface ProxyNameProps {
  /** The proxy's DNS name, without a dot at its end, and nobody else's in the VPC. */
  readonly dnsName: string;
  /** The VPC in which it is the name of the endpoint. */
  readonly vpcId: string;
  readonly endpoint: ProxyEndpoint;
  /** The `Name` tag. */
  readonly name: string;
}

/**
 * A name for the endpoint that the user chooses, the same in each VPC, so that a new endpoint changes no
 * client: a private zone that has nothing but this name, in this VPC alone.
 */
export class ProxyName extends Construct {
  /** What must exist before the name is known. */
  public readonly dependables: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ProxyNameProps) {
    super(scope, id);
    const { dnsName, vpcId, endpoint } = props;
    const zone = new Route53Zone(this, SELF, {
      name: dnsName,
      comment: "The proxy's name",
      vpc: [{ vpcId }],
      tags: { Name: props.name },
    });
    const record = new Route53Record(this, "address", {
      zoneId: zone.zoneId,
      name: dnsName,
      type: "A",
      // There is one endpoint: an answer without its addresses would help nobody.
      alias: { name: endpoint.dnsName, zoneId: endpoint.dnsZoneId, evaluateTargetHealth: false },
    });
    this.dependables = [record];
  }
}
