import type { ITerraformDependable } from "cdktf";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcEndpointConnectionAccepter } from "@cdktf/provider-aws/lib/vpc-endpoint-connection-accepter";
import { Construct } from "constructs";
import { SecurityGroup } from "../network/security-group";
import type { Network } from "../network/network";
import { SELF } from "../stack/readable-stack";
import type { EndpointService } from "./endpoint-service";

export interface ProxyEndpointProps {
  /** The `Name` tag. */
  readonly name: string;
  readonly securityGroupName: string;
  /** The client VPC that gets the endpoint. */
  readonly vpc: Network;
  readonly service: EndpointService;
  /** How many zones the service is in: an endpoint cannot stand in any other. */
  readonly serviceAzs: number;
  /** The TCP port of the proxy. */
  readonly port: number;
}

/**
 * The interface endpoint through which a client VPC reaches the proxy: a network interface in the
 * private subnets of the zones that the VPC has in common with the service.
 */
export class ProxyEndpoint extends Construct {
  public readonly endpointId: string;
  /** The endpoint's name for all its zones, which resolves to addresses of the client VPC. */
  public readonly dnsName: string;
  /** What a client sets as its HTTP and HTTPS proxy. */
  public readonly proxyUrl: string;
  public readonly port: number;
  public readonly securityGroup: SecurityGroup;
  /** What must exist, besides the proxies, before a connection through the endpoint succeeds. */
  public readonly dependables: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ProxyEndpointProps) {
    super(scope, id);
    const { vpc, service, port } = props;

    this.securityGroup = new SecurityGroup(this, "sg", {
      name: props.securityGroupName,
      description: "Endpoint of the proxy",
      vpcId: vpc.vpcId,
    });
    this.securityGroup.allowIngress("from-vpc", {
      peer: { cidr: vpc.cidr },
      port,
      description: "Proxy requests from this VPC",
    });

    const endpoint = new VpcEndpoint(this, SELF, {
      vpcId: vpc.vpcId,
      vpcEndpointType: "Interface",
      serviceName: service.serviceName,
      subnetIds: vpc.privateSubnetIds.slice(0, props.serviceAzs),
      securityGroupIds: [this.securityGroup.securityGroupId],
      privateDnsEnabled: false,
      tags: { Name: props.name },
    });
    const accepted =
      service.acceptance === "automatic"
        ? endpoint
        : new VpcEndpointConnectionAccepter(this, "accepter", {
            vpcEndpointServiceId: service.serviceId,
            vpcEndpointId: endpoint.id,
          });

    this.endpointId = endpoint.id;
    // The first entry is the regional name, the others are those of single zones.
    this.dnsName = endpoint.dnsEntry.get(0).dnsName;
    this.proxyUrl = `http://${this.dnsName}:${port}`;
    this.port = port;
    this.dependables = [accepted, ...this.securityGroup.dependables];
  }
}
