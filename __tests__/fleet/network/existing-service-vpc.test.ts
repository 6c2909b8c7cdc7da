import { ConditionsPlan, localised, type Known } from "../../helpers/conditions";
import { EXISTING_SERVICE_VPC, synthFleet } from "../../helpers/fleet";
import { addresses } from "../../helpers/synth";
import { describeWith, TERRAFORM } from "../../helpers/tools";

const { id: vpcId, privateSubnetIds, s3EndpointId } = EXISTING_SERVICE_VPC;
const [first, second] = privateSubnetIds;

const json = synthFleet({
  regions: ["us-east-1"],
  vpc: EXISTING_SERVICE_VPC,
  proxy: { privateCidrs: ["10.9.0.0/24", "192.168.0.0/16"] },
  clients: [{ azs: 2 }],
});

/** By which the stack finds a subnet's route table. */
const routeTableId = (subnet: number) =>
  localised(
    String(json.data!["aws_route_table"]![`service_subnet_${subnet}_routes`]!["route_table_id"]),
  );

const TO_NAT = { cidr_block: "0.0.0.0/0", gateway_id: "", nat_gateway_id: "nat-1" };
const TO_INTERNET = { cidr_block: "0.0.0.0/0", gateway_id: "igw-1", nat_gateway_id: null };
const TO_OFFICE = { cidr_block: "192.0.2.0/24", gateway_id: "igw-2", nat_gateway_id: null };

/** What AWS knows of a VPC that fits. Its second subnet has the VPC's main route table, which is implicit. */
const FITTING: Known = {
  aws_vpc_service: {
    enable_dns_support: true,
    enable_dns_hostnames: true,
    main_route_table_id: "rtb-main",
    cidr_block_associations: [{ cidr_block: "10.20.0.0/16" }, { cidr_block: "100.64.0.0/16" }],
  },
  aws_subnet_service_subnet_1: {
    vpc_id: vpcId,
    availability_zone: "us-east-1a",
    availability_zone_id: "use1-az1",
  },
  aws_subnet_service_subnet_2: {
    vpc_id: vpcId,
    availability_zone: "us-east-1b",
    availability_zone_id: "use1-az2",
  },
  aws_route_tables_service_ways_out: { ids: ["rtb-1", "rtb-main", "rtb-public"] },
  aws_route_tables_service_subnet_1_tables: { ids: ["rtb-1"] },
  aws_route_tables_service_subnet_2_tables: { ids: [] },
  aws_route_table_service_subnet_1_routes: {
    route_table_id: routeTableId(1),
    routes: [TO_OFFICE, TO_NAT],
  },
  aws_route_table_service_subnet_2_routes: {
    route_table_id: routeTableId(2),
    // A route that a virtual private gateway has propagated is not there.
    routes: [],
  },
  aws_vpc_endpoint_service_s3: {
    vpc_id: vpcId,
    vpc_endpoint_type: "Gateway",
    service_name: "com.amazonaws.us-east-1.s3",
    state: "available",
    route_table_ids: ["rtb-1", "rtb-main"],
  },
  aws_availability_zones_azs: { names: ["us-east-1a", "us-east-1b"] },
};

test("makes nothing in it but the load balancer, the tasks and their security groups", () => {
  const network =
    /^aws_(vpc|subnet|route|route_table|route_table_association|internet_gateway|nat_gateway|eip|vpc_endpoint|default_security_group)\.service/;
  expect(addresses(json).filter((address) => network.test(address))).toEqual([]);
  const inIt = Object.entries(json.resource).flatMap(([type, blocks]) =>
    Object.entries(blocks)
      .filter(([, block]) =>
        [vpcId, ...privateSubnetIds].some((id) => JSON.stringify(block).includes(id)),
      )
      .map(([name]) => `${type}.${name}`),
  );
  expect(inIt.sort()).toEqual([
    "aws_ecs_service.proxy_service",
    "aws_lb.nlb",
    "aws_lb_target_group.nlb_targets",
    "aws_security_group.nlb_sg",
    "aws_security_group.proxy_sg",
  ]);
});

describeWith([TERRAFORM], "a plan with a service VPC that is there", () => {
  const plan = new ConditionsPlan(json, FITTING);

  afterAll(() => plan.remove());

  test("passes where everything fits", () => {
    expect(plan.run()).toContain("Plan:");
  });

  test("passes with networks that only touch those of the proxies", () => {
    const networks = ["10.8.0.0/16", "10.9.1.0/24", "172.16.0.0/12"];
    const known = { cidr_block_associations: networks.map((cidr_block) => ({ cidr_block })) };
    expect(plan.run({ aws_vpc_service: known })).toContain("Plan:");
  });

  const withNetwork = (cidr_block: string): Known => ({
    aws_vpc_service: { cidr_block_associations: [{ cidr_block: "10.20.0.0/16" }, { cidr_block }] },
  });

  test.each<[string, Known, string]>([
    [
      "without DNS hostnames",
      { aws_vpc_service: { enable_dns_hostnames: false } },
      `The service VPC: DNS hostnames are switched off in ${vpcId}, and the proxy needs it.`,
    ],
    [
      "with a subnet of another VPC",
      { aws_subnet_service_subnet_2: { vpc_id: "vpc-other" } },
      `The service VPC: ${second} is a subnet of vpc-other, not of ${vpcId}.`,
    ],
    [
      "with two subnets in one zone",
      { aws_subnet_service_subnet_2: { availability_zone: "us-east-1a" } },
      `The service VPC: ${second} is in us-east-1a, as ${first} is.`,
    ],
    [
      "in a zone without Fargate",
      { aws_subnet_service_subnet_2: { availability_zone_id: "use1-az3" } },
      `The service VPC: ${second} is in the zone use1-az3, which lacks Fargate or newer services.`,
    ],
    [
      "in a Local Zone",
      { aws_subnet_service_subnet_2: { availability_zone_id: "use1-bos1-az1" } },
      `The service VPC: ${second} is in the zone use1-bos1-az1, which lacks Fargate or newer services.`,
    ],
    [
      "with public addresses",
      withNetwork("172.32.0.0/16"),
      `The service VPC: ${vpcId} has addresses of the Internet in 10.20.0.0/16, 172.32.0.0/16, which the proxies do not know`,
    ],
    [
      "around a network that is opened",
      withNetwork("10.9.0.0/16"),
      `The service VPC: proxy.privateCidrs has 10.9.0.0/24, which overlaps 10.20.0.0/16, 10.9.0.0/16 of ${vpcId}.`,
    ],
    [
      "inside a network that is opened",
      withNetwork("192.168.7.0/24"),
      "The service VPC: proxy.privateCidrs has 192.168.0.0/16, which overlaps 10.20.0.0/16, 192.168.7.0/24 of",
    ],
    [
      "without a way out in a subnet's own route table",
      { aws_route_tables_service_ways_out: { ids: ["rtb-main"] } },
      `The service VPC: ${first} has no way out: its route table, rtb-1, has no route for 0.0.0.0/0.`,
    ],
    [
      "without a way out in the main route table",
      { aws_route_tables_service_ways_out: { ids: ["rtb-1"] } },
      `The service VPC: ${second} has no way out: its route table, rtb-main, has no route for 0.0.0.0/0.`,
    ],
    [
      "with a public subnet",
      { aws_route_table_service_subnet_1_routes: { routes: [TO_INTERNET] } },
      `The service VPC: ${first} is public: its route for 0.0.0.0/0 is an Internet gateway`,
    ],
    [
      "with an interface endpoint for S3",
      { aws_vpc_endpoint_service_s3: { vpc_endpoint_type: "Interface", route_table_ids: [] } },
      `The service VPC: ${s3EndpointId} is of type Interface, for com.amazonaws.us-east-1.s3. Name the gateway endpoint for S3.`,
    ],
    [
      "with an endpoint for something else",
      { aws_vpc_endpoint_service_s3: { service_name: "com.amazonaws.us-east-1.dynamodb" } },
      `The service VPC: ${s3EndpointId} is of type Gateway, for com.amazonaws.us-east-1.dynamodb.`,
    ],
    [
      "with the endpoint of another VPC",
      { aws_vpc_endpoint_service_s3: { vpc_id: "vpc-other" } },
      `The service VPC: ${s3EndpointId} is an endpoint of vpc-other. Name one of ${vpcId}.`,
    ],
    [
      "with an endpoint that goes",
      { aws_vpc_endpoint_service_s3: { state: "deleting" } },
      `The service VPC: ${s3EndpointId} is deleting. Wait until it is available, or name another one.`,
    ],
    [
      "without a route to S3",
      { aws_vpc_endpoint_service_s3: { route_table_ids: ["rtb-1"] } },
      `The service VPC: ${second} has no route to ${s3EndpointId}, by which the proxies get their rules. Add it: ` +
        `aws ec2 modify-vpc-endpoint --region default --vpc-endpoint-id ${s3EndpointId} --add-route-table-ids rtb-main`,
    ],
  ])("fails %s, and says what to do", (_, differing, message) => {
    expect(plan.run(differing)).toContain(message);
  });
});
