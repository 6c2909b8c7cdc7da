import { readFileSync } from "node:fs";
import path from "node:path";
import { ClientInstance } from "../../../src/fleet/client/client-instance";
import { EndpointService } from "../../../src/fleet/privatelink/endpoint-service";
import { ProxyEndpoint } from "../../../src/fleet/privatelink/proxy-endpoint";
import { AvailabilityZones } from "../../../src/fleet/network/availability-zones";
import { Vpc } from "../../../src/fleet/network/vpc";
import { CHECKOUT } from "../../helpers/checkout";
import { only, synthWith, placeholder } from "../../helpers/synth";
import { renderTemplate } from "../../../src/tools/rehearsal/user-data";

const userDataTemplate = path.join(CHECKOUT, "client/userdata.sh");
const useProxyScript = path.join(CHECKOUT, "client/use-proxy.sh");

const client = () =>
  synthWith((stack) => {
    const vpc = new Vpc(stack, "client", {
      name: "some-client",
      cidr: "172.16.0.0/16",
      azs: 1,
      availabilityZones: new AvailabilityZones(stack, "azs", { atLeast: 1 }),
      region: "us-east-1",
    });
    const endpoint = new ProxyEndpoint(stack, "client-endpoint", {
      name: "some-client",
      securityGroupName: "some-endpoint-sg",
      vpcId: vpc.vpcId,
      subnetIds: vpc.privateSubnetIds,
      allowed: { "from-vpc": vpc.hosts },
      service: new EndpointService(stack, "link", {
        name: "some-endpoint-service",
        loadBalancerArn: "nlb-arn",
        zones: { names: ["us-east-1a", "us-east-1b"] },
        allowedPrincipals: [],
        acceptance: "automatic",
      }),
      port: 3128,
    });
    new ClientInstance(stack, "client-instance", {
      name: "some-client",
      securityGroupName: "client-sg",
      instanceType: "t4g.small",
      vpc,
      endpoint,
      proxyHost: "some.proxy.internal",
      identity: {
        instanceProfileName: "profile",
        dependables: [placeholder(stack, "ssm-policy")],
      },
      userDataTemplate,
      useProxyScript,
      dependsOn: [placeholder(stack, "proxies")],
    });
  });

test("is Amazon Linux 2023 for Graviton, and a newer image replaces nothing", () => {
  const json = client();
  expect(json.data).toMatchObject({
    aws_ssm_parameter: {
      client_instance_ami: {
        name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
      },
    },
  });
  expect(only(json, "aws_instance")).toMatchObject({
    ami: "${data.aws_ssm_parameter.client_instance_ami.insecure_value}",
    instance_type: "t4g.small",
    lifecycle: { ignore_changes: ["ami"] },
  });
});

test("has no key and no public address, wants IMDSv2 and encrypts its disk", () => {
  const instance = only(client(), "aws_instance");
  expect(instance).toMatchObject({
    associate_public_ip_address: false,
    subnet_id: "${aws_subnet.client_private_1.id}",
    iam_instance_profile: "profile",
    metadata_options: { http_endpoint: "enabled", http_tokens: "required" },
    root_block_device: { encrypted: true, volume_type: "gp3" },
  });
  expect(instance).not.toHaveProperty("key_name");
});

test("has one way out, TCP 3128 to the endpoint, and no way in", () => {
  const json = client();
  const group = "${aws_security_group.client_instance_sg.id}";
  expect(only(json, "aws_instance")["vpc_security_group_ids"]).toEqual([group]);
  expect(only(json, "aws_vpc_security_group_egress_rule")).toMatchObject({
    security_group_id: group,
    referenced_security_group_id: "${aws_security_group.client_endpoint_sg.id}",
    ip_protocol: "tcp",
    from_port: 3128,
    to_port: 3128,
  });
  expect(only(json, "aws_vpc_security_group_ingress_rule")["security_group_id"]).not.toBe(group);
});

test("boots only when the endpoint is connected, its rules stand, its role works and proxies run", () => {
  expect(only(client(), "aws_instance")["depends_on"]).toEqual([
    "aws_vpc_endpoint.client_endpoint",
    "aws_vpc_security_group_ingress_rule.client_endpoint_sg_from_vpc",
    "aws_vpc_security_group_egress_rule.client_instance_sg_to_proxy",
    "terraform_data.ssm_policy",
    "terraform_data.proxies",
  ]);
});

test("runs the scripts with the proxy's name, and is replaced when they change", () => {
  const instance = only(client(), "aws_instance");
  expect(instance["user_data"]).toMatch(
    /^\$\{templatefile\("assets\/client_instance_userdata\/\w+\/userdata\.sh", \{"proxy_host" = "some\.proxy\.internal", "proxy_port" = 3128, "use_proxy" = file\("assets\/client_instance_use_proxy\/\w+\/use-proxy\.sh"\)\}\)\}$/,
  );
  expect(instance["user_data_replace_on_change"]).toBe(true);
});

test("the script's only template expressions are the three that it is given", () => {
  const script = readFileSync(userDataTemplate, "utf8");
  expect([...script.matchAll(/[$%]\{[^}]*\}?/g)].map(([expression]) => expression)).toEqual([
    "${use_proxy}",
    "${proxy_host}",
    "${proxy_port}",
  ]);
});

/**
 * What AWS takes, before it is encoded.
 * Source: "Run commands when you launch an EC2 instance with user data input", Amazon EC2 user guide.
 */
const MAX_USER_DATA_BYTES = 16 * 1024;

test("fits into an instance's user data, whatever the endpoint's name", () => {
  const script = renderTemplate(readFileSync(userDataTemplate, "utf8"), {
    use_proxy: readFileSync(useProxyScript, "utf8"),
    proxy_host: "a".repeat(253),
    proxy_port: 65535,
  });
  expect(Buffer.byteLength(script)).toBeLessThanOrEqual(MAX_USER_DATA_BYTES);
});
