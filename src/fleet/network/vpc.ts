import type { ITerraformDependable } from "cdktf";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";
import type { AvailabilityZones } from "./availability-zones";
import type { ServiceNetwork } from "./network";
import type { Peer } from "./security-group";
import { subnetCidrs } from "../../common/cidr";

const ANYWHERE = "0.0.0.0/0";

export interface VpcProps {
  /** The `Name` tag of the VPC, and the beginning of the `Name` tags inside it. */
  readonly name: string;

  /** The VPC's IPv4 network, a prefix of /16 to /24; its subnets are /24, the public ones first. */
  readonly cidr: string;

  /** How many availability zones have subnets here. */
  readonly azs: number;

  /** The zones to choose from. */
  readonly availabilityZones: AvailabilityZones;

  /** The region, for the name of the S3 gateway endpoint. */
  readonly region: string;

  /**
   * Public subnets, one in each zone behind an Internet gateway, or none.
   * @default "none"
   */
  readonly publicSubnets?: "one-per-az" | "none";

  /**
   * How the private subnets reach the Internet: a NAT gateway in each zone, one NAT gateway for
   * all (cheaper, but its zone's failure stops the others), or not at all.
   * @default "none"
   */
  readonly natGateways?: "one-per-az" | "single" | "none";
}

/**
 * A VPC with a private subnet in each zone, and public subnets and NAT gateways where they are
 * asked for. Nothing in it is reachable from the Internet, and its default security group admits
 * nothing.
 *
 * @throws RangeError when the CIDR has no room for the subnets.
 * @throws Error when NAT gateways have no public subnets to stand in.
 */
export class Vpc extends Construct implements ServiceNetwork {
  public readonly vpcId: string;
  public readonly hosts: Peer;
  public readonly publicSubnetIds: readonly string[];
  public readonly privateSubnetIds: readonly string[];
  /** The zones of the private subnets. */
  public readonly privateAvailabilityZones: readonly string[];
  /** The same by their ids, such as use1-az1, which mean the same zones in every account. */
  public readonly privateAvailabilityZoneIds: readonly string[];
  /** The private subnets' networks, known before Terraform runs. */
  public readonly privateSubnetCidrs: readonly string[];
  /** The addresses under which the private subnets appear on the Internet. */
  public readonly natPublicIps: readonly string[];
  public readonly natGatewayIds: readonly string[];
  /** What must exist before something in a private subnet can reach the Internet, where it may. */
  public readonly dependables: readonly ITerraformDependable[];
  private s3Endpoint: VpcEndpoint | undefined;

  constructor(scope: Construct, id: string, props: VpcProps) {
    super(scope, id);
    const { name, azs, publicSubnets = "none", natGateways = "none" } = props;
    if (natGateways !== "none" && publicSubnets === "none") {
      throw new Error(
        `${this.node.path}: natGateways is "${natGateways}", but NAT gateways stand in public subnets, ` +
          'and publicSubnets is "none"',
      );
    }
    const publicCount = publicSubnets === "none" ? 0 : azs;
    const cidrs = subnetCidrs(props.cidr, publicCount + azs);

    const vpc = new AwsVpc(this, SELF, {
      cidrBlock: props.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    });
    this.vpcId = vpc.id;
    this.hosts = { cidr: props.cidr };

    new DefaultSecurityGroup(this, "default", {
      vpcId: vpc.id,
      tags: { Name: `${name}-default-unused` },
    });

    const subnet = (tier: "public" | "private", index: number, cidrBlock: string) =>
      new Subnet(this, `${tier}-${index + 1}`, {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: props.availabilityZones.name(index),
        mapPublicIpOnLaunch: false,
        tags: { Name: `${name}-${tier}-${index + 1}` },
        // A zone that AWS adds or withdraws later must not move a subnet that is in use.
        lifecycle: { ignoreChanges: ["availability_zone"] },
      });
    const publics = cidrs.slice(0, publicCount).map((cidr, i) => subnet("public", i, cidr));
    this.privateSubnetCidrs = cidrs.slice(publicCount);
    const privates = this.privateSubnetCidrs.map((cidr, i) => subnet("private", i, cidr));
    this.publicSubnetIds = publics.map(({ id }) => id);
    this.privateSubnetIds = privates.map(({ id }) => id);
    this.privateAvailabilityZones = privates.map(({ availabilityZone }) => availabilityZone);
    this.privateAvailabilityZoneIds = privates.map(({ availabilityZoneId }) => availabilityZoneId);

    const nats =
      publicCount === 0 ? [] : this.connectPublicSubnets(name, vpc.id, publics, natGateways);
    this.natPublicIps = nats.map(({ publicIp }) => publicIp);
    this.natGatewayIds = nats.map(({ id }) => id);
    this.dependables = this.routePrivateSubnets(name, vpc.id, props.region, privates, nats);
  }

  /**
   * The gateway endpoint by which the private subnets reach S3.
   *
   * @throws Error in a VPC without NAT gateways, which has none.
   */
  public get s3EndpointId(): string {
    if (this.s3Endpoint === undefined) {
      throw new Error(
        `${this.node.path} has no S3 endpoint: only a VPC with NAT gateways gets one`,
      );
    }
    return this.s3Endpoint.id;
  }

  private connectPublicSubnets(
    name: string,
    vpcId: string,
    subnets: Subnet[],
    natGateways: "one-per-az" | "single" | "none",
  ): NatGateway[] {
    const gateway = new InternetGateway(this, "internet", { vpcId, tags: { Name: name } });
    const table = new RouteTable(this, "public-routes", {
      vpcId,
      tags: { Name: `${name}-public` },
    });
    const route = new Route(this, "public-internet", {
      routeTableId: table.id,
      destinationCidrBlock: ANYWHERE,
      gatewayId: gateway.id,
    });
    const associations = subnets.map(
      (subnet, i) =>
        new RouteTableAssociation(this, `public-${i + 1}-association`, {
          subnetId: subnet.id,
          routeTableId: table.id,
        }),
    );
    const homes =
      natGateways === "none" ? [] : natGateways === "single" ? subnets.slice(0, 1) : subnets;
    return homes.map((subnet, i) => {
      const tags = { Name: `${name}-nat-${i + 1}` };
      const address = new Eip(this, `nat-${i + 1}-address`, {
        domain: "vpc",
        tags,
        dependsOn: [gateway],
      });
      return new NatGateway(this, `nat-${i + 1}`, {
        allocationId: address.id,
        subnetId: subnet.id,
        tags,
        // A NAT gateway that exists before its own way out drops the first connections.
        dependsOn: [route, ...associations],
      });
    });
  }

  private routePrivateSubnets(
    name: string,
    vpcId: string,
    region: string,
    subnets: Subnet[],
    nats: NatGateway[],
  ): ITerraformDependable[] {
    const tables = subnets.map(
      (_, i) =>
        new RouteTable(this, `private-${i + 1}-routes`, {
          vpcId,
          tags: { Name: `${name}-private-${i + 1}` },
        }),
    );
    const associations = subnets.map(
      (subnet, i) =>
        new RouteTableAssociation(this, `private-${i + 1}-association`, {
          subnetId: subnet.id,
          routeTableId: tables[i]!.id,
        }),
    );
    if (nats.length === 0) return associations;

    // Free, and spares the NAT gateways what goes to S3, such as the layers of ECR images. Not in
    // a VPC without NAT: there it would be a second way out.
    this.s3Endpoint = new VpcEndpoint(this, "s3", {
      vpcId,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${region}.s3`,
      routeTableIds: tables.map(({ id }) => id),
      tags: { Name: `${name}-s3` },
    });
    const routes = tables.map(
      (table, i) =>
        new Route(this, `private-${i + 1}-nat`, {
          routeTableId: table.id,
          destinationCidrBlock: ANYWHERE,
          natGatewayId: (nats[i] ?? nats[0]!).id,
        }),
    );
    return [...associations, ...routes, this.s3Endpoint];
  }
}
