import { ConditionsPlan, localised, type Known } from "../../helpers/conditions";
import { EXISTING_VPC, synthFleet } from "../../helpers/fleet";
import { describeWith, TERRAFORM } from "../../helpers/tools";

const ADDRESS = "client_office_vpc";
const [first, second] = EXISTING_VPC.subnetIds;

const json = synthFleet({
  regions: ["us-east-1"],
  clients: [{ name: "office", ...EXISTING_VPC }],
});

/** What AWS knows of a VPC that fits. */
const FITTING: Known = {
  [`aws_vpc_${ADDRESS}`]: {
    enable_dns_support: true,
    enable_dns_hostnames: true,
    cidr_block_associations: [{ cidr_block: "10.20.0.0/16" }, { cidr_block: "10.21.0.0/16" }],
  },
  [`aws_subnet_${ADDRESS}_subnet_1`]: {
    vpc_id: EXISTING_VPC.vpcId,
    availability_zone: "us-east-1a",
  },
  [`aws_subnet_${ADDRESS}_subnet_2`]: {
    vpc_id: EXISTING_VPC.vpcId,
    availability_zone: "us-east-1b",
  },
  aws_subnet_service_private_1: { availability_zone: "us-east-1a" },
  aws_subnet_service_private_2: { availability_zone: "us-east-1b" },
  aws_availability_zones_azs: { names: ["us-east-1a", "us-east-1b"] },
};

describeWith([TERRAFORM], "a plan with a VPC that is there", () => {
  const rule = json.resource["aws_vpc_security_group_ingress_rule"]!;
  const plan = new ConditionsPlan(
    json,
    FITTING,
    { endpoint: json.resource["aws_vpc_endpoint"]!["client_office_endpoint"]! },
    {
      rule: {
        for_each: localised(String(rule["client_office_endpoint_sg_from_vpc"]!["for_each"])),
        input: "${each.value}",
      },
    },
  );

  afterAll(() => plan.remove());

  test("makes a rule for each of its networks", () => {
    const text = plan.run();
    expect(text).toContain('terraform_data.rule["10.20.0.0/16"] will be created');
    expect(text).toContain('terraform_data.rule["10.21.0.0/16"] will be created');
  });

  test.each<[string, Known, string]>([
    [
      "without DNS resolution",
      { [`aws_vpc_${ADDRESS}`]: { enable_dns_support: false } },
      `Client office: DNS resolution is switched off in ${EXISTING_VPC.vpcId}, and the proxy needs it. ` +
        `Switch it on: aws ec2 modify-vpc-attribute --region default --vpc-id ${EXISTING_VPC.vpcId} --enable-dns-support Value=true`,
    ],
    [
      "without DNS hostnames",
      { [`aws_vpc_${ADDRESS}`]: { enable_dns_hostnames: false } },
      `Client office: DNS hostnames are switched off in ${EXISTING_VPC.vpcId}`,
    ],
    [
      "with a subnet of another VPC",
      { [`aws_subnet_${ADDRESS}_subnet_2`]: { vpc_id: "vpc-other" } },
      `Client office: ${second} is a subnet of vpc-other, not of ${EXISTING_VPC.vpcId}. ` +
        `Name subnets of ${EXISTING_VPC.vpcId}, or the VPC that they are in.`,
    ],
    [
      "with two subnets in one zone",
      { [`aws_subnet_${ADDRESS}_subnet_2`]: { availability_zone: "us-east-1a" } },
      `Client office: ${second} is in us-east-1a, as ${first} is. Name one subnet of each zone.`,
    ],
    [
      "with a subnet where the service is not",
      { [`aws_subnet_${ADDRESS}_subnet_2`]: { availability_zone: "us-east-1f" } },
      "Client office: its subnets are in us-east-1a, us-east-1f, and the service is in us-east-1a, us-east-1b alone. " +
        "Name subnets in these zones, one in each.",
    ],
  ])("fails %s, and says what to do", (_, differing, message) => {
    expect(plan.run(differing)).toContain(message);
  });
});
