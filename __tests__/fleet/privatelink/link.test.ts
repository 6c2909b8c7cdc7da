import type { Construct } from "constructs";
import type { Acceptance } from "../../../src/fleet/privatelink/acceptance";
import { EndpointService } from "../../../src/fleet/privatelink/endpoint-service";
import { ProxyEndpoint } from "../../../src/fleet/privatelink/proxy-endpoint";
import type { Peer } from "../../../src/fleet/network/security-group";
import type { LinkService } from "../../../src/fleet/privatelink/link-service";
import { only, synthWith, placeholder } from "../../helpers/synth";

interface LinkOptions {
  readonly acceptance?: Acceptance;
  readonly allowedPrincipals?: string[];
  readonly supportedRegions?: string[];
  readonly allowed?: Record<string, Peer>;
  readonly privateDns?: { readonly dnsName: string; readonly publicZoneId: string };
}

function link({
  acceptance = "automatic",
  allowedPrincipals = [],
  supportedRegions,
  privateDns,
  allowed = { "from-vpc": { cidr: "172.16.0.0/16" } },
}: LinkOptions = {}) {
  return synthWith((stack) => {
    const service = new EndpointService(stack, "link", {
      name: "some-endpoint-service",
      loadBalancerArn: "nlb-arn",
      zones: { names: ["us-east-1a", "us-east-1b"] },
      allowedPrincipals,
      acceptance,
      supportedRegions,
      privateDns,
    });
    connect(stack, service, allowed);
  });
}

function connect(stack: Construct, service: LinkService, allowed: Record<string, Peer>) {
  const endpoint = new ProxyEndpoint(stack, "client-endpoint", {
    name: "some-client",
    securityGroupName: "some-endpoint-sg",
    vpcId: "vpc-1",
    subnetIds: ["subnet-1", "subnet-2"],
    allowed,
    service,
    port: 3128,
  });
  placeholder(stack, "user", endpoint.dependables);
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

test("the endpoint is an interface in the subnets, with a group that admits the VPC only", () => {
  const json = link();
  expect(only(json, "aws_vpc_endpoint")).toEqual(
    expect.objectContaining({
      vpc_id: "vpc-1",
      vpc_endpoint_type: "Interface",
      service_name: "${aws_vpc_endpoint_service.link.service_name}",
      subnet_ids: ["subnet-1", "subnet-2"],
      security_group_ids: ["${aws_security_group.client_endpoint_sg.id}"],
      private_dns_enabled: false,
      tags: { Name: "some-client" },
    }),
  );
  expect(only(json, "aws_vpc_endpoint")).not.toHaveProperty("service_region");
  expect(only(json, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    cidr_ipv4: "172.16.0.0/16",
    from_port: 3128,
    to_port: 3128,
    description: "Proxy requests from this VPC",
  });
  expect(json.resource).not.toHaveProperty("aws_vpc_security_group_egress_rule");
});

test("it can admit others than the VPC, by a rule for each", () => {
  const allowed = {
    "from-lan": { cidr: "10.9.0.0/16" },
    "from-builds": { securityGroupId: "sg-1" },
  };
  const description = "Proxy requests";
  expect(link({ allowed }).resource["aws_vpc_security_group_ingress_rule"]).toEqual({
    client_endpoint_sg_from_lan: expect.objectContaining({
      cidr_ipv4: "10.9.0.0/16",
      from_port: 3128,
      description,
    }),
    client_endpoint_sg_from_builds: expect.objectContaining({
      referenced_security_group_id: "sg-1",
      from_port: 3128,
      description,
    }),
  });
});

test("a service is known by its name alone, also one of another region", () => {
  const service = {
    serviceName: "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
    serviceRegion: "eu-west-1",
    zones: { ids: ["euw1-az1"] },
  };
  const json = synthWith((stack) => connect(stack, service, {}));
  expect(only(json, "aws_vpc_endpoint")).toMatchObject({
    service_name: "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
    service_region: "eu-west-1",
  });
  expect(json.resource).not.toHaveProperty("aws_vpc_endpoint_connection_accepter");
});

describe("a private DNS name", () => {
  const privateDns = { dnsName: "proxy.example.com", publicZoneId: "Z0123456789ABCDEFGHIJ" };
  const json = link({ acceptance: "explicit", privateDns });

  test("is the service's", () => {
    expect(only(json, "aws_vpc_endpoint_service")["private_dns_name"]).toBe("proxy.example.com");
  });

  test("is the endpoint's once it is proved and the endpoint is accepted, and a user waits for that", () => {
    expect(only(json, "aws_vpc_endpoint")).not.toHaveProperty("private_dns_enabled");
    expect(only(json, "aws_vpc_endpoint_private_dns")).toMatchObject({
      vpc_endpoint_id: "${aws_vpc_endpoint.client-endpoint.id}".replace("-", "_"),
      private_dns_enabled: true,
      depends_on: [
        "aws_vpc_endpoint_connection_accepter.client_endpoint_accepter",
        "aws_vpc_endpoint_service_private_dns_verification.link_name_verification",
      ],
    });
    expect(json.resource["terraform_data"]!["user"]!["depends_on"]).toContain(
      "aws_vpc_endpoint_private_dns.client_endpoint_private_dns",
    );
  });

  test("is nobody's where there is none", () => {
    const without = link();
    expect(only(without, "aws_vpc_endpoint")["private_dns_enabled"]).toBe(false);
    expect(Object.keys(without.resource).filter((type) => /dns|route53/.test(type))).toEqual([]);
  });
});
