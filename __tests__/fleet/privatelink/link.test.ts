import { TerraformOutput } from "cdktf";
import type { Acceptance } from "../../../src/fleet/privatelink/acceptance";
import { EndpointService } from "../../../src/fleet/privatelink/endpoint-service";
import { ProxyEndpoint } from "../../../src/fleet/privatelink/proxy-endpoint";
import { AvailabilityZones } from "../../../src/fleet/network/availability-zones";
import { Vpc } from "../../../src/fleet/network/vpc";
import { only, synthWith, placeholder } from "../../helpers/synth";

interface LinkOptions {
  readonly acceptance?: Acceptance;
  readonly allowedPrincipals?: string[];
  readonly supportedRegions?: string[];
  readonly clientAzs?: number;
}

function link({
  acceptance = "automatic",
  allowedPrincipals = [],
  supportedRegions,
  clientAzs = 1,
}: LinkOptions = {}) {
  return synthWith((stack) => {
    const service = new EndpointService(stack, "link", {
      name: "some-endpoint-service",
      loadBalancerArn: "nlb-arn",
      allowedPrincipals,
      acceptance,
      supportedRegions,
    });
    const endpoint = new ProxyEndpoint(stack, "client-endpoint", {
      name: "some-client",
      securityGroupName: "some-endpoint-sg",
      vpc: new Vpc(stack, "client", {
        name: "some-client",
        cidr: "172.16.0.0/16",
        azs: clientAzs,
        availabilityZones: new AvailabilityZones(stack, "azs", { atLeast: clientAzs }),
        region: "us-east-1",
      }),
      service,
      serviceAzs: 2,
      port: 3128,
    });
    placeholder(stack, "user", endpoint.dependables);
    new TerraformOutput(stack, "url", { value: endpoint.proxyUrl });
  });
}

test("the service accepts by itself, and waits for no task: they wait for the endpoints", () => {
  const service = only(link(), "aws_vpc_endpoint_service");
  expect(service).not.toHaveProperty("depends_on");
  expect(service).toMatchObject({
    network_load_balancer_arns: ["nlb-arn"],
    acceptance_required: false,
    allowed_principals: [],
    tags: { Name: "some-endpoint-service" },
  });
});

test("other accounts can be allowed", () => {
  const allowedPrincipals = ["arn:aws:iam::123456789012:root"];
  expect(only(link({ allowedPrincipals }), "aws_vpc_endpoint_service")).toMatchObject({
    allowed_principals: allowedPrincipals,
    acceptance_required: false,
  });
});

test("without a list of regions none is named, which would take a right of its own", () => {
  expect(only(link(), "aws_vpc_endpoint_service")).not.toHaveProperty("supported_regions");
});

test("other regions can be opened", () => {
  const supportedRegions = ["us-east-1", "eu-west-1"];
  expect(only(link({ supportedRegions }), "aws_vpc_endpoint_service")).toMatchObject({
    supported_regions: supportedRegions,
  });
});

test("with explicit acceptance the fleet accepts its own endpoint, and its users wait for that", () => {
  const json = link({ acceptance: "explicit" });
  expect(only(json, "aws_vpc_endpoint_service")).toMatchObject({ acceptance_required: true });
  expect(only(json, "aws_vpc_endpoint_connection_accepter")).toMatchObject({
    vpc_endpoint_service_id: "${aws_vpc_endpoint_service.link.id}",
    vpc_endpoint_id: "${aws_vpc_endpoint.client_endpoint.id}",
  });
  expect(json.resource["terraform_data"]!["user"]!["depends_on"]).toEqual([
    "aws_vpc_endpoint_connection_accepter.client_endpoint_accepter",
    "aws_vpc_security_group_ingress_rule.client_endpoint_sg_from_vpc",
  ]);
});

test("with automatic acceptance its users wait for the endpoint and its rule", () => {
  expect(link().resource["terraform_data"]!["user"]!["depends_on"]).toEqual([
    "aws_vpc_endpoint.client_endpoint",
    "aws_vpc_security_group_ingress_rule.client_endpoint_sg_from_vpc",
  ]);
});

test("the endpoint is an interface in the private subnet, with a group that admits the VPC only", () => {
  const json = link();
  expect(only(json, "aws_vpc_endpoint")).toMatchObject({
    vpc_id: "${aws_vpc.client.id}",
    vpc_endpoint_type: "Interface",
    service_name: "${aws_vpc_endpoint_service.link.service_name}",
    subnet_ids: ["${aws_subnet.client_private_1.id}"],
    security_group_ids: ["${aws_security_group.client_endpoint_sg.id}"],
    private_dns_enabled: false,
    tags: { Name: "some-client" },
  });
  expect(only(json, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    cidr_ipv4: "172.16.0.0/16",
    from_port: 3128,
    to_port: 3128,
  });
  expect(json.resource).not.toHaveProperty("aws_vpc_security_group_egress_rule");
});

test("a client in more zones than the service has its endpoint in those they share", () => {
  expect(only(link({ clientAzs: 3 }), "aws_vpc_endpoint")["subnet_ids"]).toEqual([
    "${aws_subnet.client_private_1.id}",
    "${aws_subnet.client_private_2.id}",
  ]);
});

test("the proxy's URL is the endpoint's regional name", () => {
  expect(link().output!["url"]!.value).toBe(
    "http://${aws_vpc_endpoint.client_endpoint.dns_entry[0].dns_name}:3128",
  );
});
