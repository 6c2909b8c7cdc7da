import { propertyAccess, TerraformIterator, Token, type Postcondition } from "cdktf";
import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";
import type { Network } from "./network";
import type { Peer } from "./security-group";

export interface ExistingVpcProps {
  /** Whose VPC it is, as the messages say it, such as `Client office`. */
  readonly owner: string;
  readonly vpcId: string;
  /** Its subnets for the fleet, one in each zone. */
  readonly subnetIds: readonly string[];
  /**
   * What must be so besides, in the words of the VPC's data source.
   * @default - nothing
   */
  readonly vpcConditions?: readonly Postcondition[];
  /**
   * The same of each subnet.
   * @default - nothing
   */
  readonly subnetConditions?: (subnetId: string) => readonly Postcondition[];
}

/**
 * A VPC that is there already, in the account and region of the stack. It is looked up and never
 * changed, and a plan fails with a message where it does not fit.
 *
 * The conditions compare data sources with each other and with what the settings say, never with a
 * resource: Terraform would put off reading a data source whose conditions wait for a resource, and a
 * first plan would not know the VPC's networks.
 * Source: "Query data sources", Terraform language documentation.
 */
export class ExistingVpc extends Construct implements Network {
  public readonly vpcId: string;
  /** All IPv4 networks of the VPC, which Terraform looks up. */
  public readonly hosts: Peer;
  public readonly privateSubnetIds: readonly string[];
  public readonly privateAvailabilityZones: readonly string[];
  /** The ids of the subnets' zones, which are the same in every account. */
  public readonly privateAvailabilityZoneIds: readonly string[];
  /** The subnets' networks, which Terraform looks up. */
  public readonly privateSubnetCidrs: readonly string[];
  /** The route table of subnets that name no other. */
  protected readonly mainRouteTableId: string;

  constructor(scope: Construct, id: string, props: ExistingVpcProps) {
    super(scope, id);
    const { owner, vpcId, subnetIds, vpcConditions = [], subnetConditions = () => [] } = props;
    const vpc = new DataAwsVpc(this, SELF, {
      id: vpcId,
      lifecycle: {
        postcondition: [
          // Without, no private zone answers, and the endpoint's own name has no address.
          // Source: "DNS attributes for your VPC", Amazon VPC user guide.
          switchedOn(
            owner,
            vpcId,
            "enable_dns_support",
            "DNS resolution is",
            "--enable-dns-support",
          ),
          switchedOn(
            owner,
            vpcId,
            "enable_dns_hostnames",
            "DNS hostnames are",
            "--enable-dns-hostnames",
          ),
          ...vpcConditions,
        ],
      },
    });
    const subnets: DataAwsSubnet[] = [];
    for (const [index, subnetId] of subnetIds.entries()) {
      subnets.push(
        new DataAwsSubnet(this, `subnet-${index + 1}`, {
          id: subnetId,
          lifecycle: {
            postcondition: [
              {
                condition: `\${self.vpc_id == "${vpcId}"}`,
                errorMessage:
                  `${owner}: ${subnetId} is a subnet of \${self.vpc_id}, not of ${vpcId}. ` +
                  `Name subnets of ${vpcId}, or the VPC that they are in.`,
              },
              ...subnets.map((other, earlier) => ({
                condition: `\${self.availability_zone != ${other.fqn}.availability_zone}`,
                errorMessage:
                  `${owner}: ${subnetId} is in \${self.availability_zone}, as ${subnetIds[earlier]} is. ` +
                  "Name one subnet of each zone.",
              })),
              ...subnetConditions(subnetId),
            ],
          },
        }),
      );
    }
    this.vpcId = vpcId;
    const cidrs = propertyAccess(vpc.cidrBlockAssociations, ["*", "cidr_block"]);
    this.hosts = { cidrs: TerraformIterator.fromList(Token.asList(cidrs)) };
    this.privateSubnetIds = subnetIds;
    this.privateAvailabilityZones = subnets.map(({ availabilityZone }) => availabilityZone);
    this.privateAvailabilityZoneIds = subnets.map(({ availabilityZoneId }) => availabilityZoneId);
    this.privateSubnetCidrs = subnets.map(({ cidrBlock }) => cidrBlock);
    this.mainRouteTableId = vpc.mainRouteTableId;
  }
}

/** What must be switched on in the VPC, with the command that does it. */
function switchedOn(owner: string, vpcId: string, attribute: string, what: string, option: string) {
  return {
    condition: `\${self.${attribute}}`,
    errorMessage:
      `${owner}: ${what} switched off in ${vpcId}, and the proxy needs it. Switch it on: ` +
      `aws ec2 modify-vpc-attribute --region \${terraform.workspace} --vpc-id ${vpcId} ${option} Value=true`,
  };
}
