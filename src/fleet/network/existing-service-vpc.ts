import { Fn, Token, type ITerraformDependable, type Postcondition } from "cdktf";
import { DataAwsRouteTable } from "@cdktf/provider-aws/lib/data-aws-route-table";
import { DataAwsRouteTables } from "@cdktf/provider-aws/lib/data-aws-route-tables";
import { DataAwsVpcEndpoint } from "@cdktf/provider-aws/lib/data-aws-vpc-endpoint";
import type { Construct } from "constructs";
import { PRIVATE_NETWORKS } from "../../common/guarded-networks";
import { EXCLUDED_ZONE_IDS } from "./availability-zones";
import { ExistingVpc } from "./existing-vpc";
import type { ServiceNetwork } from "./network";

const OWNER = "The service VPC";
const ANYWHERE = "0.0.0.0/0";

export interface ExistingServiceVpcProps {
  readonly vpcId: string;
  /** Its subnets for the proxies, one in each zone, each with a way out that is no Internet gateway. */
  readonly privateSubnetIds: readonly string[];
  /** Its gateway endpoint for S3, to which these subnets have a route. */
  readonly s3EndpointId: string;
  /** The private networks that the proxies reach, none of which may be the VPC's own. */
  readonly privateCidrs: readonly string[];
}

/**
 * A VPC that is there already, for the proxies. Its ways to the Internet and to S3 are somebody else's, and a
 * plan fails with a message where they cannot work.
 */
export class ExistingServiceVpc extends ExistingVpc implements ServiceNetwork {
  public readonly s3EndpointId: string;
  public readonly natGatewayIds: readonly string[] = [];
  public readonly natPublicIps: readonly string[] = [];
  public readonly dependables: readonly ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, props: ExistingServiceVpcProps) {
    const { vpcId, privateSubnetIds, s3EndpointId, privateCidrs } = props;
    super(scope, id, {
      owner: OWNER,
      vpcId,
      subnetIds: privateSubnetIds,
      vpcConditions: [onlyPrivate(vpcId), ...privateCidrs.map((cidr) => closed(vpcId, cidr))],
      subnetConditions: (subnetId) => [inUsableZone(subnetId)],
    });
    const routeTableIds = this.routeTables(vpcId, privateSubnetIds);
    this.s3EndpointId = new DataAwsVpcEndpoint(this, "s3", {
      id: s3EndpointId,
      lifecycle: {
        postcondition: [
          {
            // The region is the VPC's, as the next condition sees.
            condition:
              '${self.vpc_endpoint_type == "Gateway" && endswith(self.service_name, ".s3")}',
            errorMessage:
              `${OWNER}: ${s3EndpointId} is of type \${self.vpc_endpoint_type}, for \${self.service_name}. ` +
              "Name the gateway endpoint for S3.",
          },
          {
            condition: `\${self.vpc_id == "${vpcId}"}`,
            errorMessage: `${OWNER}: ${s3EndpointId} is an endpoint of \${self.vpc_id}. Name one of ${vpcId}.`,
          },
          {
            condition: '${lower(self.state) == "available"}',
            errorMessage: `${OWNER}: ${s3EndpointId} is \${self.state}. Wait until it is available, or name another one.`,
          },
          ...routeTableIds.map((routeTableId, index) => ({
            condition: `\${self.vpc_endpoint_type != "Gateway" || contains(self.route_table_ids, ${routeTableId})}`,
            errorMessage:
              `${OWNER}: ${privateSubnetIds[index]} has no route to ${s3EndpointId}, by which the proxies get their rules. Add it: ` +
              `aws ec2 modify-vpc-endpoint --region \${terraform.workspace} --vpc-endpoint-id ${s3EndpointId} --add-route-table-ids \${${routeTableId}}`,
          })),
        ],
      },
    }).id;
  }

  /**
   * Looks at the way out of each subnet. The data source of a route table leaves out what a virtual private
   * gateway has propagated, and finds no table of a subnet that has the VPC's main one without saying so; AWS's
   * filters do both.
   * Sources: the AWS provider's data source `aws_route_table`; its issue 12099; "DescribeRouteTables", Amazon
   * EC2 API reference.
   *
   * @returns expressions for the ids of the subnets' route tables.
   */
  private routeTables(vpcId: string, subnetIds: readonly string[]): string[] {
    const tables = (id: string, name: string, value: string) =>
      new DataAwsRouteTables(this, id, { vpcId, filter: [{ name, values: [value] }] });
    const waysOut = tables("ways-out", "route.destination-cidr-block", ANYWHERE);
    return subnetIds.map((subnetId, index) => {
      const named = tables(`subnet-${index + 1}-tables`, "association.subnet-id", subnetId);
      const { fqn } = new DataAwsRouteTable(this, `subnet-${index + 1}-routes`, {
        routeTableId: Token.asString(
          Fn.element(Fn.concat([named.ids, [this.mainRouteTableId]]), 0),
        ),
        lifecycle: {
          postcondition: [
            {
              condition: `\${contains(${waysOut.fqn}.ids, self.route_table_id)}`,
              errorMessage:
                `${OWNER}: ${subnetId} has no way out: its route table, \${self.route_table_id}, has no route for ${ANYWHERE}. ` +
                "Name subnets that have one, to a NAT gateway or the like.",
            },
            {
              condition:
                `\${!anytrue([for route in self.routes : route["cidr_block"] == "${ANYWHERE}" && ` +
                'startswith(coalesce(route["gateway_id"], "none"), "igw-")])}',
              errorMessage:
                `${OWNER}: ${subnetId} is public: its route for ${ANYWHERE} is an Internet gateway, through which nothing gets that ` +
                "has no public address, as the proxies have none. Name private subnets, whose way out is a NAT gateway or the like.",
            },
          ],
        },
      });
      return `${fqn}.route_table_id`;
    });
  }
}

/** The proxies know private addresses for internal ones, and no others: clients would reach the VPC's machines. */
function onlyPrivate(vpcId: string): Postcondition {
  const ranges = PRIVATE_NETWORKS.map((range) => {
    const [address, length] = range.split("/");
    return (
      `(tonumber(split("/", own)[1]) >= ${length} && ` +
      `cidrhost("\${split("/", own)[0]}/${length}", 0) == "${address}")`
    );
  });
  return {
    condition: `\${alltrue([for own in self.cidr_block_associations[*].cidr_block : ${ranges.join(" || ")}])}`,
    errorMessage:
      `${OWNER}: ${vpcId} has addresses of the Internet in \${join(", ", self.cidr_block_associations[*].cidr_block)}, which ` +
      `the proxies do not know for internal ones. Name a VPC with networks inside ${PRIVATE_NETWORKS.join(", ")} alone.`,
  };
}

/** There are the proxies themselves and the load balancer, which clients would reach under the proxies' addresses. */
function closed(vpcId: string, cidr: string): Postcondition {
  const [address, length] = cidr.split("/");
  // Networks share addresses where they are the same as far as the shorter prefix goes.
  const shorter = `min(split("/", own)[1], ${length})`;
  const start = (of: string) => `cidrhost("\${${of}}/\${${shorter}}", 0)`;
  return {
    condition:
      "${alltrue([for own in self.cidr_block_associations[*].cidr_block : " +
      `${start('split("/", own)[0]')} != ${start(`"${address}"`)}])}`,
    errorMessage:
      `${OWNER}: proxy.privateCidrs has ${cidr}, which overlaps \${join(", ", self.cidr_block_associations[*].cidr_block)} ` +
      `of ${vpcId}. Name networks outside it: in it are the proxies themselves and the load balancer.`,
  };
}

function inUsableZone(subnetId: string): Postcondition {
  return {
    // A Local Zone's id has a place in it, such as use1-bos1-az1.
    condition:
      '${can(regex("^[a-z]+[0-9]+-az[0-9]+$", self.availability_zone_id)) && ' +
      `!contains(${JSON.stringify(EXCLUDED_ZONE_IDS)}, self.availability_zone_id)}`,
    errorMessage: `${OWNER}: ${subnetId} is in the zone \${self.availability_zone_id}, which lacks Fargate or newer services. Name a subnet of another zone.`,
  };
}
