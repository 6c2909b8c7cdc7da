import { TerraformOutput, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Identity } from "../identity/identity";
import type { AvailabilityZones } from "../network/availability-zones";
import type { Network } from "../network/network";
import { Vpc } from "../network/vpc";
import { clientSecurityGroup } from "../names";
import { clientOutputs } from "../outputs";
import type { EndpointService } from "../privatelink/endpoint-service";
import { ProxyEndpoint } from "../privatelink/proxy-endpoint";
import { ClientInstance } from "./client-instance";

/** A VPC to be made for a client. */
export interface NewVpc {
  /** The VPC's IPv4 network, a prefix of /16 to /24. */
  readonly cidr: string;
  /** How many availability zones have subnets here. */
  readonly azs: number;
  /** The zones to choose from. */
  readonly availabilityZones: AvailabilityZones;
}

export interface ClientProps {
  /** What the client is called in the fleet; the names of its outputs begin with it. */
  readonly clientName: string;
  /** The `Name` tag of what it gets. */
  readonly name: string;
  readonly endpointSecurityGroupName: string;
  /** Its VPC: one that is there, or one to be made without a route to the Internet. */
  readonly vpc: Network | NewVpc;
  readonly region: string;
  readonly service: EndpointService;
  /** How many zones the service is in: an endpoint cannot stand in any other. */
  readonly serviceAzs: number;
  /** The TCP port of the proxy. */
  readonly port: number;
}

export interface TestInstanceProps {
  /** A Graviton (arm64) instance type. */
  readonly instanceType: string;
  readonly identity: Identity;
  /** The shell script template that the instance runs at its first boot. */
  readonly userDataTemplate: string;
  /** What must exist before its first boot, which goes through the proxy. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** A VPC that reaches the web through the proxy alone. */
export class Client extends Construct {
  public readonly endpointId: string;
  private readonly vpc: Network;
  private readonly endpoint: ProxyEndpoint;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClientProps,
  ) {
    super(scope, id);
    const { name, region } = props;
    this.vpc =
      "vpcId" in props.vpc ? props.vpc : new Vpc(this, "vpc", { ...props.vpc, name, region });
    this.endpoint = new ProxyEndpoint(this, "endpoint", {
      name,
      securityGroupName: props.endpointSecurityGroupName,
      vpc: this.vpc,
      service: props.service,
      serviceAzs: props.serviceAzs,
      port: props.port,
    });
    this.endpointId = this.endpoint.endpointId;
    this.output("endpointId", this.endpointId, "Id of the endpoint");
    this.output("endpointDnsName", this.endpoint.dnsName, "DNS name of the proxy");
    this.output("proxyUrl", this.endpoint.proxyUrl, "The proxy's URL");
  }

  /** Gives the client an instance to try the proxy from. */
  public addTestInstance(props: TestInstanceProps): void {
    const { name, clientName, region } = this.props;
    const { instanceId } = new ClientInstance(this, "instance", {
      ...props,
      name,
      securityGroupName: clientSecurityGroup(clientName),
      vpc: this.vpc,
      endpoint: this.endpoint,
    });
    this.output("instanceId", instanceId, "The test instance");
    this.output(
      "sessionCommand",
      `aws ssm start-session --target ${instanceId} --region ${region}`,
      "Opens a shell on the test instance",
    );
  }

  /** An output, whose name is not the construct's path but the interface to scripts. */
  private output(
    id: keyof ReturnType<typeof clientOutputs>,
    value: string,
    description: string,
  ): void {
    const { clientName } = this.props;
    new TerraformOutput(this, id, {
      value,
      description: `${description} in VPC ${clientName}`,
    }).overrideLogicalId(clientOutputs(clientName)[id]);
  }
}
