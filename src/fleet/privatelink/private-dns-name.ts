import type { ITerraformDependable } from "cdktf";
import { DataAwsRoute53Zone } from "@cdktf/provider-aws/lib/data-aws-route53-zone";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import type { VpcEndpointService } from "@cdktf/provider-aws/lib/vpc-endpoint-service";
import { VpcEndpointServicePrivateDnsVerification } from "@cdktf/provider-aws/lib/vpc-endpoint-service-private-dns-verification";
import { Construct } from "constructs";

const TTL_SECONDS = 300;

export interface PrivateDnsNameProps {
  /** The endpoint service, which has the name already. */
  readonly service: VpcEndpointService;
  readonly dnsName: string;
  /** The public zone that has this name or a domain above it, which proves whose the name is. */
  readonly publicZoneId: string;
}

/**
 * Proves to AWS that a private DNS name of an endpoint service is its owner's: a TXT record below the
 * name in a public zone, which AWS looks for. The name itself stays out of the public zone.
 * Source: "Manage DNS names for VPC endpoint services", AWS PrivateLink guide.
 */
export class PrivateDnsName extends Construct {
  /** What must exist before an endpoint may have the name. */
  public readonly dependables: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: PrivateDnsNameProps) {
    super(scope, id);
    const { service, dnsName, publicZoneId } = props;
    const zone = new DataAwsRoute53Zone(this, "zone", {
      zoneId: publicZoneId,
      lifecycle: {
        postcondition: [
          {
            condition: `\${!self.private_zone && endswith(".${dnsName}", ".\${self.name}")}`,
            errorMessage:
              `The \${self.private_zone ? "private" : "public"} zone ${publicZoneId} is that of \${self.name}, and cannot prove ` +
              `${dnsName}. Name in endpointService.publicZoneId the public zone of ${dnsName}, or of a domain above it.`,
          },
        ],
      },
    });
    // What the service calls the name is its first label.
    const proof = service.privateDnsNameConfiguration.get(0);
    const record = new Route53Record(this, "proof", {
      zoneId: zone.zoneId,
      name: `${proof.name}.${dnsName}`,
      type: "TXT",
      ttl: TTL_SECONDS,
      records: [proof.value],
      lifecycle: {
        precondition: [
          {
            // The provider does not say that a change of the service changes this.
            // Source: https://github.com/hashicorp/terraform-provider-aws/issues/24044
            condition: `\${length(${service.fqn}.private_dns_name_configuration) > 0}`,
            errorMessage:
              "The endpoint service is there already, and AWS says how to prove its private DNS name only once it has it. Type: " +
              `aws ec2 modify-vpc-endpoint-service-configuration --region \${terraform.workspace} --service-id \${${service.fqn}.id} ` +
              `--private-dns-name ${dnsName}; then plan again.`,
          },
        ],
      },
    });
    const verification = new VpcEndpointServicePrivateDnsVerification(this, "verification", {
      serviceId: service.id,
      waitForVerification: true,
      // Another name has another record. Terraform takes no expression here.
      lifecycle: {
        replaceTriggeredBy: [`${record.terraformResourceType}.${record.friendlyUniqueId}`],
      },
      dependsOn: [record],
    });
    this.dependables = [verification];
  }
}
