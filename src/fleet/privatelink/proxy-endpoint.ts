import { Fn, type ITerraformDependable, type TerraformResourceLifecycle } from "cdktf";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcEndpointConnectionAccepter } from "@cdktf/provider-aws/lib/vpc-endpoint-connection-accepter";
import { VpcEndpointPrivateDns } from "@cdktf/provider-aws/lib/vpc-endpoint-private-dns";
import { Construct } from "constructs";
import { SecurityGroup, type Peer } from "../network/security-group";
import { SELF } from "../stack/readable-stack";
import type { LinkService } from "./link-service";

export interface ProxyEndpointProps {
  /** The `Name` tag. */
  readonly name: string;
  readonly securityGroupName: string;
  /** The VPC that gets the endpoint. */
  readonly vpcId: string;
  /** Subnets of that VPC, each in another zone, and in a zone where the service is. */
  readonly subnetIds: readonly string[];
  /** Who may use the endpoint, under ids that become part of Terraform addresses. */
  readonly allowed: Readonly<Record<string, Peer>>;
  readonly service: LinkService;
  /** The TCP port of the proxy. */
  readonly port: number;
  /**
   * What must be so before the endpoint is made.
   * @default - nothing
   */
  readonly preconditions?: TerraformResourceLifecycle["precondition"];
}

/** The id for whoever is in the VPC. */
export const FROM_VPC = "from-vpc";

/** The interface endpoint through which a VPC reaches the proxy: a network interface in each subnet. */
export class ProxyEndpoint extends Construct {
  public readonly endpointId: string;
  /** The endpoint's own name for all its zones, which resolves to addresses of the VPC. */
  public readonly dnsName: string;
  /** The zone of that name, which is Amazon's. */
  public readonly dnsZoneId: string;
  /** All its names, those of single zones, too: `*.` and what they end with. */
  public readonly dnsNames: string;
  public readonly port: number;
  public readonly securityGroup: SecurityGroup;
  /** What must exist, besides the proxies, before a connection through the endpoint succeeds. */
  public readonly dependables: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ProxyEndpointProps) {
    super(scope, id);
    const { vpcId, allowed, service, port, preconditions } = props;
    const { acceptingServiceId, privateDns } = service;

    this.securityGroup = new SecurityGroup(this, "sg", {
      name: props.securityGroupName,
      description: "Endpoint of the proxy",
      vpcId,
    });
    for (const [id, peer] of Object.entries(allowed)) {
      const from = id === FROM_VPC ? " from this VPC" : "";
      this.securityGroup.allowIngress(id, { peer, port, description: `Proxy requests${from}` });
    }

    const endpoint = new VpcEndpoint(this, SELF, {
      vpcId,
      vpcEndpointType: "Interface",
      serviceName: service.serviceName,
      serviceRegion: service.serviceRegion,
      subnetIds: [...props.subnetIds],
      securityGroupIds: [this.securityGroup.securityGroupId],
      // Not here, where there is to be one: AWS wants an endpoint to be accepted before.
      privateDnsEnabled: privateDns === undefined ? false : undefined,
      tags: { Name: props.name },
      lifecycle: preconditions === undefined ? undefined : { precondition: preconditions },
    });
    const accepted =
      acceptingServiceId === undefined
        ? endpoint
        : new VpcEndpointConnectionAccepter(this, "accepter", {
            vpcEndpointServiceId: acceptingServiceId,
            vpcEndpointId: endpoint.id,
          });

    this.endpointId = endpoint.id;
    // The first entry is the regional name, the others are those of single zones.
    const regional = endpoint.dnsEntry.get(0);
    this.dnsName = regional.dnsName;
    this.dnsZoneId = regional.hostedZoneId;
    this.dnsNames = Fn.replace(this.dnsName, "/^[^.]+/", "*");
    this.port = port;
    const named =
      privateDns === undefined
        ? accepted
        : new VpcEndpointPrivateDns(this, "private-dns", {
            vpcEndpointId: endpoint.id,
            privateDnsEnabled: true,
            dependsOn: [accepted, ...privateDns.dependables],
          });
    this.dependables = [named, ...this.securityGroup.dependables];
  }
}
