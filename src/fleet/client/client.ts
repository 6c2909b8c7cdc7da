import { Fn, Op, TerraformOutput, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { InstanceIdentity } from "../identity/identity";
import type { AvailabilityZones } from "../network/availability-zones";
import { ExistingVpc } from "../network/existing-vpc";
import type { Network } from "../network/network";
import type { Peer } from "../network/security-group";
import { reverseDomain } from "../network/reverse-domain";
import { Vpc } from "../network/vpc";
import { clientSecurityGroup } from "../names";
import { clientOutputs } from "../outputs";
import type { LinkService } from "../privatelink/link-service";
import { FROM_VPC, ProxyEndpoint } from "../privatelink/proxy-endpoint";
import { ProxyName } from "../privatelink/proxy-name";
import { ClientInstance } from "./client-instance";
import { DnsFirewall, hostNames } from "./dns-firewall";
import type { PublicDns } from "./public-dns";

/** A VPC to be made for a client. */
export interface NewVpc {
  /** The VPC's IPv4 network, a prefix of /16 to /24. */
  readonly cidr: string;
  /** How many availability zones have subnets here. */
  readonly azs: number;
  /** The zones to choose from. */
  readonly availabilityZones: AvailabilityZones;
}

/** A network, or whoever is in a security group, both known before Terraform runs. */
type NamedPeer = { readonly cidr: string } | { readonly securityGroupId: string };

/** A VPC that is there already, which gets the endpoint and is otherwise left as it is. */
export interface ExistingClientVpc {
  readonly vpcId: string;
  /** Where the endpoint stands: one subnet in each zone, in zones where the service is. */
  readonly subnetIds: readonly string[];
  /**
   * Who may use the endpoint: networks, or the members of security groups.
   * @default - whoever is in the VPC
   */
  readonly allowed?: readonly NamedPeer[];
}

export interface ClientProps {
  /** What the client is called in the fleet; the names of its outputs begin with it. */
  readonly clientName: string;
  /** The `Name` tag of what it gets. */
  readonly name: string;
  readonly endpointSecurityGroupName: string;
  /** Its VPC: one to be made without a route to the Internet, or one that is there. */
  readonly vpc: NewVpc | ExistingClientVpc;
  /** Whether its VPC's resolver answers for names of the Internet, or only for the VPC's own and the proxy's. */
  readonly publicDns: PublicDns;
  /** Further names for which it answers where public ones are blocked; see {@link DnsFirewall}. */
  readonly allowedDns: readonly string[];
  readonly region: string;
  readonly service: LinkService;
  /** The TCP port of the proxy. */
  readonly port: number;
  /**
   * The name by which its VPC is to know the proxy, besides the service's private DNS name.
   * @default - none but that, or the endpoint's own
   */
  readonly dnsName?: string;
}

export interface TestInstanceProps {
  /** A Graviton (arm64) instance type. */
  readonly instanceType: string;
  readonly identity: InstanceIdentity;
  /** The shell script template that the instance runs at its first boot. */
  readonly userDataTemplate: string;
  /** The script in it that points a machine at the proxy. */
  readonly useProxyScript: string;
  /** What must exist before its first boot, which goes through the proxy. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** A VPC that reaches the web through the proxy alone. */
export class Client extends Construct {
  public readonly endpointId: string;
  /** The name by which its VPC knows the proxy. */
  public readonly proxyHost: string;
  private readonly vpc: Network;
  private readonly endpoint: ProxyEndpoint;
  /** What must exist, besides the endpoint, before its resolver answers as it is to. */
  private readonly resolver: ITerraformDependable[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClientProps,
  ) {
    super(scope, id);
    const { name, service, port } = props;
    const { vpc, ...place } =
      "vpcId" in props.vpc ? this.existing(props.vpc) : this.made(props.vpc);
    this.vpc = vpc;
    this.endpoint = new ProxyEndpoint(this, "endpoint", {
      name,
      securityGroupName: props.endpointSecurityGroupName,
      vpcId: vpc.vpcId,
      ...place,
      service,
      port,
    });
    this.endpointId = this.endpoint.endpointId;
    const { dnsName } = props;
    this.proxyHost = service.privateDns?.name ?? dnsName ?? this.endpoint.dnsName;
    if (dnsName !== undefined) {
      const { vpcId } = vpc;
      const { endpoint } = this;
      const proxyName = new ProxyName(this, "name", { dnsName, vpcId, endpoint, name });
      this.resolver.push(...proxyName.dependables);
    }
    if (props.publicDns === "blocked") this.resolver.push(...this.blockPublicDns().dependables);
    this.output("endpointId", this.endpointId, "Id of the endpoint");
    this.output("endpointDnsName", this.endpoint.dnsName, "DNS name of the proxy");
    this.output("proxyUrl", `http://${this.proxyHost}:${port}`, "The proxy's URL");
  }

  /** Gives the client an instance to try the proxy from. */
  public addTestInstance(props: TestInstanceProps): void {
    const { name, clientName, region } = this.props;
    const { instanceId } = new ClientInstance(this, "instance", {
      ...props,
      dependsOn: [...props.dependsOn, ...this.resolver],
      name,
      securityGroupName: clientSecurityGroup(clientName),
      vpc: this.vpc,
      endpoint: this.endpoint,
      proxyHost: this.proxyHost,
    });
    this.output("instanceId", instanceId, "The test instance");
    this.output(
      "sessionCommand",
      `aws ssm start-session --target ${instanceId} --region ${region}`,
      "Opens a shell on the test instance",
    );
  }

  private made(props: NewVpc) {
    const { name, region, service } = this.props;
    const vpc = new Vpc(this, "vpc", { ...props, name, region });
    // Both count their zones from the same one.
    const subnetIds = vpc.privateSubnetIds.slice(0, zonesOf(service)?.length);
    return { vpc, subnetIds, allowed: { [FROM_VPC]: vpc.hosts } };
  }

  private existing({ vpcId, subnetIds, allowed }: ExistingClientVpc) {
    const owner = `Client ${this.props.clientName}`;
    const vpc = new ExistingVpc(this, "vpc", { owner, vpcId, subnetIds });
    const { zones } = this.props.service;
    const named = allowed?.map((peer): [string, Peer] => [idOf(peer), peer]);
    const place = {
      vpc,
      subnetIds,
      allowed: named === undefined ? { [FROM_VPC]: vpc.hosts } : Object.fromEntries(named),
    };
    if (zones === undefined) return place;
    const shared =
      "names" in zones
        ? inZones(owner, vpc.privateAvailabilityZones, zones.names)
        : inZones(owner, vpc.privateAvailabilityZoneIds, zones.ids);
    return { ...place, preconditions: [shared] };
  }

  private blockPublicDns(): DnsFirewall {
    const { name, vpc, region, allowedDns, dnsName = this.proxyHost } = this.props;
    return new DnsFirewall(this, "dns", {
      name,
      vpcId: this.vpc.vpcId,
      allowedNames: [
        this.endpoint.dnsNames,
        ...new Set([this.proxyHost, dnsName]),
        ...hostNames(region),
        ...("vpcId" in vpc ? [] : [`*.${reverseDomain(vpc.cidr)}`]),
        ...allowedDns,
      ],
    });
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

function idOf(peer: NamedPeer): string {
  const name = "cidr" in peer ? peer.cidr : peer.securityGroupId;
  return `from-${name.replaceAll(/\W/g, "-")}`;
}

function zonesOf({ zones }: LinkService): readonly string[] | undefined {
  if (zones === undefined) return undefined;
  return "names" in zones ? zones.names : zones.ids;
}

/** AWS makes no endpoint in another zone, and says so late and in other words. */
function inZones(owner: string, subnets: readonly string[], service: readonly string[]) {
  const [here, there] = [[...subnets], [...service]];
  return {
    condition: Op.lt(Fn.lengthOf(Fn.setsubtract(here, there)), 1),
    errorMessage:
      `${owner}: its subnets are in ${Fn.join(", ", here)}, and the service is in ${Fn.join(", ", there)} ` +
      "alone. Name subnets in these zones, one in each.",
  };
}
