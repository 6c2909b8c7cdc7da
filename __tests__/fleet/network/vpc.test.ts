import { TerraformOutput } from "cdktf";
import { AvailabilityZones } from "../../../src/fleet/network/availability-zones";
import { Vpc, type VpcProps } from "../../../src/fleet/network/vpc";
import { only, placeholder, synthWith, type TerraformJson } from "../../helpers/synth";

function vpc(props: Partial<VpcProps> = {}): TerraformJson {
  return synthWith((stack) => {
    const { natPublicIps, privateSubnetCidrs, dependables } = new Vpc(stack, "net", {
      name: "some",
      cidr: "10.0.0.0/16",
      azs: 2,
      availabilityZones: new AvailabilityZones(stack, "azs", { atLeast: 2 }),
      region: "us-east-1",
      ...props,
    });
    new TerraformOutput(stack, "nat", { value: natPublicIps });
    new TerraformOutput(stack, "private", { value: privateSubnetCidrs });
    placeholder(stack, "user", dependables);
  });
}

const names = (json: TerraformJson, type: string) => Object.keys(json.resource[type] ?? {}).sort();

/** What somebody waits for who wants to reach the Internet from a private subnet. */
const awaited = (json: TerraformJson) => only(json, "terraform_data")["depends_on"];

const cidrs = (json: TerraformJson) =>
  Object.fromEntries(
    Object.entries(json.resource["aws_subnet"]!).map(([name, { cidr_block }]) => [
      name,
      cidr_block,
    ]),
  );

test("has DNS names and an empty default security group", () => {
  const json = vpc();
  expect(only(json, "aws_vpc")).toMatchObject({
    cidr_block: "10.0.0.0/16",
    enable_dns_hostnames: true,
    enable_dns_support: true,
    tags: { Name: "some" },
  });
  const group = only(json, "aws_default_security_group");
  expect(group).toMatchObject({ vpc_id: "${aws_vpc.net.id}" });
  expect(group).not.toHaveProperty("ingress");
  expect(group).not.toHaveProperty("egress");
});

test("cuts /24 subnets from the CIDR, the public ones first, one in each zone", () => {
  const json = vpc({ publicSubnets: "one-per-az" });
  expect(cidrs(json)).toEqual({
    net_public_1: "10.0.0.0/24",
    net_public_2: "10.0.1.0/24",
    net_private_1: "10.0.2.0/24",
    net_private_2: "10.0.3.0/24",
  });
  for (const tier of ["public", "private"]) {
    for (const [index, number] of [1, 2].entries()) {
      expect(json.resource["aws_subnet"]![`net_${tier}_${number}`]).toMatchObject({
        availability_zone: `\${element(data.aws_availability_zones.azs.names, ${index})}`,
        map_public_ip_on_launch: false,
      });
    }
  }
});

test.each(["one-per-az", "none"] as const)(
  "says which networks its private subnets are, with public subnets %s",
  (publicSubnets) => {
    const json = vpc({ publicSubnets });
    const { net_private_1, net_private_2 } = cidrs(json);
    expect(json.output!["private"]!.value).toEqual([net_private_1, net_private_2]);
  },
);

test("does not move a subnet that exists when AWS's zones change", () => {
  for (const subnet of Object.values(vpc().resource["aws_subnet"]!)) {
    expect(subnet).toMatchObject({ lifecycle: { ignore_changes: ["availability_zone"] } });
  }
});

test("without public subnets nothing leads out", () => {
  const json = vpc();
  expect(cidrs(json)).toEqual({ net_private_1: "10.0.0.0/24", net_private_2: "10.0.1.0/24" });
  for (const type of ["aws_internet_gateway", "aws_nat_gateway", "aws_eip", "aws_route"]) {
    expect(names(json, type)).toEqual([]);
  }
  expect(names(json, "aws_vpc_endpoint")).toEqual([]);
  expect(json.output!["nat"]!.value).toEqual([]);
  expect(names(json, "aws_route_table")).toHaveLength(2);
  const associations = ["net_private_1_association", "net_private_2_association"];
  expect(names(json, "aws_route_table_association")).toEqual(associations);
  expect(awaited(json)).toEqual(associations.map((name) => `aws_route_table_association.${name}`));
});

test("public subnets share a route table to the Internet", () => {
  const json = vpc({ publicSubnets: "one-per-az" });
  expect(names(json, "aws_route_table")).toEqual([
    "net_private_1_routes",
    "net_private_2_routes",
    "net_public_routes",
  ]);
  expect(only(json, "aws_route")).toMatchObject({
    route_table_id: "${aws_route_table.net_public_routes.id}",
    destination_cidr_block: "0.0.0.0/0",
    gateway_id: "${aws_internet_gateway.net_internet.id}",
  });
  expect(names(json, "aws_nat_gateway")).toEqual([]);
});

describe("NAT gateways", () => {
  const homes = (json: TerraformJson) =>
    [1, 2].map((i) => json.resource["aws_route"]![`net_private_${i}_nat`]!["nat_gateway_id"]);

  test("one in each zone, each with an address, serving its own zone", () => {
    const json = vpc({ publicSubnets: "one-per-az", natGateways: "one-per-az" });
    expect(names(json, "aws_nat_gateway")).toEqual(["net_nat_1", "net_nat_2"]);
    expect(names(json, "aws_eip")).toEqual(["net_nat_1_address", "net_nat_2_address"]);
    expect(homes(json)).toEqual([
      "${aws_nat_gateway.net_nat_1.id}",
      "${aws_nat_gateway.net_nat_2.id}",
    ]);
    expect(json.resource["aws_nat_gateway"]!["net_nat_2"]).toMatchObject({
      subnet_id: "${aws_subnet.net_public_2.id}",
      allocation_id: "${aws_eip.net_nat_2_address.id}",
    });
    expect(json.output!["nat"]!.value).toHaveLength(2);
  });

  test("a single one, serving all zones", () => {
    const json = vpc({ publicSubnets: "one-per-az", natGateways: "single" });
    expect(names(json, "aws_nat_gateway")).toEqual(["net_nat_1"]);
    expect(new Set(homes(json))).toEqual(new Set(["${aws_nat_gateway.net_nat_1.id}"]));
  });

  test("exist only after their own way to the Internet", () => {
    const json = vpc({ publicSubnets: "one-per-az", natGateways: "single" });
    expect(only(json, "aws_nat_gateway")["depends_on"]).toEqual([
      "aws_route.net_public_internet",
      "aws_route_table_association.net_public_1_association",
      "aws_route_table_association.net_public_2_association",
    ]);
    expect(only(json, "aws_eip")["depends_on"]).toEqual(["aws_internet_gateway.net_internet"]);
  });

  test("come with the free S3 endpoint on the private routes", () => {
    const json = vpc({ publicSubnets: "one-per-az", natGateways: "one-per-az" });
    expect(only(json, "aws_vpc_endpoint")).toMatchObject({
      vpc_endpoint_type: "Gateway",
      service_name: "com.amazonaws.us-east-1.s3",
      route_table_ids: [
        "${aws_route_table.net_private_1_routes.id}",
        "${aws_route_table.net_private_2_routes.id}",
      ],
    });
  });

  test("without them there is no S3 endpoint, and asking for it is an error", () => {
    expect(() =>
      synthWith((stack) => {
        const availabilityZones = new AvailabilityZones(stack, "azs", { atLeast: 1 });
        const props = { name: "a", cidr: "10.0.0.0/16", azs: 1, region: "us-east-1" };
        new Vpc(stack, "net", { ...props, availabilityZones }).s3EndpointId.toString();
      }),
    ).toThrow("stack/net has no S3 endpoint: only a VPC with NAT gateways gets one");
  });

  test("are there once each private subnet has its table, its route and the S3 endpoint", () => {
    const json = vpc({ publicSubnets: "one-per-az", natGateways: "single" });
    expect(awaited(json)).toEqual([
      "aws_route_table_association.net_private_1_association",
      "aws_route_table_association.net_private_2_association",
      "aws_route.net_private_1_nat",
      "aws_route.net_private_2_nat",
      "aws_vpc_endpoint.net_s3",
    ]);
    for (const i of [1, 2]) {
      expect(json.resource["aws_route_table_association"]![`net_private_${i}_association`]).toEqual(
        expect.objectContaining({
          subnet_id: `\${aws_subnet.net_private_${i}.id}`,
          route_table_id: `\${aws_route_table.net_private_${i}_routes.id}`,
        }),
      );
      expect(json.resource["aws_route"]![`net_private_${i}_nat`]).toMatchObject({
        route_table_id: `\${aws_route_table.net_private_${i}_routes.id}`,
        destination_cidr_block: "0.0.0.0/0",
      });
    }
  });

  test("need public subnets", () => {
    expect(() => vpc({ natGateways: "single" })).toThrow(
      'stack/net: natGateways is "single", but NAT gateways stand in public subnets',
    );
  });
});

test("a CIDR without room is refused", () => {
  expect(() => vpc({ cidr: "10.0.0.0/24" })).toThrow("10.0.0.0/24 holds 1 /24 subnets");
});
