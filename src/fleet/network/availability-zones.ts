import { Fn } from "cdktf";
import { DataAwsAvailabilityZones } from "@cdktf/provider-aws/lib/data-aws-availability-zones";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";

/**
 * Zones that lack something the fleet needs: Fargate (apne1-az3, usw1-az2) or current services and
 * instance types altogether (cac1-az3, use1-az3). Names such as us-east-1a stand for different zones
 * in different accounts; only the zone id says which one is meant.
 * Sources: "Supported Regions for Amazon ECS on AWS Fargate", Amazon ECS developer guide; the subnet
 * requirements in the Amazon EKS user guide, which excludes cac1-az3, use1-az3 and usw1-az2.
 */
export const EXCLUDED_ZONE_IDS = ["apne1-az3", "cac1-az3", "use1-az3", "usw1-az2"];

export interface AvailabilityZonesProps {
  /** How many zones the fleet needs; a plan in a region with fewer fails and says so. */
  readonly atLeast: number;
  /**
   * The zones to choose from, by their ids.
   * @default - all of the region that have what the fleet needs
   */
  readonly zoneIds?: readonly string[];
}

/**
 * The region's availability zones in alphabetical order, the same for every VPC of the fleet, so
 * that a client's first subnet and the load balancer's first subnet are in one zone.
 *
 * The zone's state is no criterion: a zone that AWS reports as impaired must not move the others.
 */
export class AvailabilityZones extends Construct {
  private readonly zones: DataAwsAvailabilityZones;

  constructor(scope: Construct, id: string, props: AvailabilityZonesProps) {
    super(scope, id);
    const { zoneIds } = props;
    this.zones = new DataAwsAvailabilityZones(this, SELF, {
      filter: [
        { name: "zone-type", values: ["availability-zone"] },
        ...(zoneIds === undefined ? [] : [{ name: "zone-id", values: [...zoneIds] }]),
      ],
      // AWS admits no client to a zone that the service does not have.
      ...(zoneIds === undefined && { excludeZoneIds: EXCLUDED_ZONE_IDS }),
      lifecycle: {
        postcondition: [
          {
            condition: `\${length(self.names) >= ${props.atLeast}}`,
            errorMessage:
              `The settings ask for ${props.atLeast} availability zones, and \${terraform.workspace} offers ` +
              `\${length(self.names)} ${zoneIds === undefined ? "to this fleet" : `of ${zoneIds.join(", ")}`}. ` +
              "Lower `azs` in cdktf.json or choose another region.",
          },
        ],
      },
    });
  }

  /** The name of a zone, counted from 0; known to Terraform, not at synthesis. */
  public name(index: number): string {
    return Fn.element(this.zones.names, index) as string;
  }
}
