import { DnsFirewall, hostNames } from "../../../src/fleet/client/dns-firewall";
import { prerequisites } from "../../helpers/references";
import { only, placeholder, synthWith, type TerraformJson } from "../../helpers/synth";

const json: TerraformJson = synthWith((stack) => {
  const { dependables } = new DnsFirewall(stack, "dns", {
    name: "some-lab",
    vpcId: "vpc-0123",
    allowedNames: ["proxy.internal", "*.example.com"],
  });
  placeholder(stack, "instance", dependables);
});

const ASSOCIATION = "aws_route53_resolver_firewall_rule_group_association.dns_association";

test("blocks every name but those that are allowed, and asks for these first", () => {
  const group = "${aws_route53_resolver_firewall_rule_group.dns.id}";
  expect(json.resource["aws_route53_resolver_firewall_rule"]).toMatchObject({
    dns_allow: {
      action: "ALLOW",
      priority: 100,
      firewall_rule_group_id: group,
      firewall_domain_list_id: "${aws_route53_resolver_firewall_domain_list.dns_allow_names.id}",
    },
    dns_block: {
      action: "BLOCK",
      priority: 200,
      firewall_rule_group_id: group,
      firewall_domain_list_id: "${aws_route53_resolver_firewall_domain_list.dns_block_names.id}",
    },
  });
  expect(json.resource["aws_route53_resolver_firewall_domain_list"]).toMatchObject({
    dns_allow_names: { domains: ["proxy.internal", "*.example.com"] },
    dns_block_names: { domains: ["*"] },
  });
});

test("says that a blocked name does not exist, and trusts what an allowed one leads to", () => {
  expect(json.resource["aws_route53_resolver_firewall_rule"]).toMatchObject({
    dns_allow: { firewall_domain_redirection_action: "TRUST_REDIRECTION_DOMAIN" },
    dns_block: { block_response: "NXDOMAIN" },
  });
});

test("resolves nothing where AWS's firewall fails", () => {
  expect(only(json, "aws_route53_resolver_firewall_config")).toMatchObject({
    resource_id: "vpc-0123",
    firewall_fail_open: "DISABLED",
  });
});

test("takes effect on the VPC only as a whole, and goes as a whole", () => {
  expect(only(json, "aws_route53_resolver_firewall_rule_group_association")).toMatchObject({
    vpc_id: "vpc-0123",
    firewall_rule_group_id: "${aws_route53_resolver_firewall_rule_group.dns.id}",
    priority: 150,
  });
  expect([...prerequisites(json, ASSOCIATION)]).toEqual(
    expect.arrayContaining([
      "aws_route53_resolver_firewall_config.dns_failure",
      "aws_route53_resolver_firewall_rule.dns_allow",
      "aws_route53_resolver_firewall_rule.dns_block",
    ]),
  );
  expect(prerequisites(json, "terraform_data.instance")).toContain(ASSOCIATION);
});

test("the names of a VPC's own hosts are those of its region", () => {
  expect(hostNames("eu-west-1")).toEqual(["*.ec2.internal", "*.eu-west-1.compute.internal"]);
});
