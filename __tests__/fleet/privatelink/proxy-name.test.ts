import { ProxyEndpoint } from "../../../src/fleet/privatelink/proxy-endpoint";
import { ProxyName } from "../../../src/fleet/privatelink/proxy-name";
import { only, placeholder, synthWith } from "../../helpers/synth";

const json = synthWith((stack) => {
  const endpoint = new ProxyEndpoint(stack, "endpoint", {
    name: "some-client",
    securityGroupName: "some-endpoint-sg",
    vpcId: "vpc-1",
    subnetIds: ["subnet-1"],
    allowed: {},
    service: { serviceName: "some-service", zones: { ids: ["use1-az1"] } },
    port: 3128,
  });
  const name = new ProxyName(stack, "name", {
    dnsName: "proxy.internal",
    vpcId: "vpc-1",
    endpoint,
    name: "some-client",
  });
  placeholder(stack, "user", name.dependables);
});

test("is a private zone in the VPC alone", () => {
  expect(only(json, "aws_route53_zone")).toMatchObject({
    name: "proxy.internal",
    vpc: [{ vpc_id: "vpc-1" }],
    tags: { Name: "some-client" },
  });
});

test("stands for the endpoint's addresses, and whoever uses it waits for that", () => {
  expect(only(json, "aws_route53_record")).toMatchObject({
    zone_id: "${aws_route53_zone.name.zone_id}",
    name: "proxy.internal",
    type: "A",
    alias: {
      name: "${aws_vpc_endpoint.endpoint.dns_entry[0].dns_name}",
      zone_id: "${aws_vpc_endpoint.endpoint.dns_entry[0].hosted_zone_id}",
      evaluate_target_health: false,
    },
  });
  expect(json.resource["terraform_data"]!["user"]!["depends_on"]).toEqual([
    "aws_route53_record.name_address",
  ]);
});
