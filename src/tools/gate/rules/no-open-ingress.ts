import { Address4, Address6 } from "ip-address";
import { isPrivate } from "../../../common/cidr";
import type { Rule } from "../rule";
import { violations } from "../rule";
import { argumentsOf, isTrue, list, nestedBlocks, resources } from "../terraform-json";
import type { StackJson, TerraformBlock } from "../terraform-json";

/** The largest public networks that can be one owner's: a class B network, and what a registry allots. */
const SHORTEST_PUBLIC_PREFIX = { ipv4: 16, ipv6: 32 };

/** The private addresses of IPv6 (RFC 4193). */
const UNIQUE_LOCAL = new Address6("fc00::/7");

/** The arguments that name the networks of a security group's or a network ACL's rule, or of a prefix list. */
const CIDR_ARGUMENTS = [
  "cidr",
  "cidr_ipv4",
  "cidr_ipv6",
  "cidr_blocks",
  "ipv6_cidr_blocks",
  "cidr_block",
  "ipv6_cidr_block",
];

/** Nothing may be reached from networks that are everybody's. */
export const noOpenIngress: Rule = {
  name: "no-open-ingress",
  reason:
    "A proxy that anyone can reach is an open relay under your address. Name the networks of the clients: " +
    "private ones, or public ones of /16 (IPv6: /32) or smaller.",
  violatedBy: {
    resource: {
      aws_vpc_security_group_ingress_rule: {
        open: { cidr_ipv4: "0.0.0.0/0", ip_protocol: "tcp", from_port: 3128, to_port: 3128 },
      },
    },
  },
  check: (stack) => [
    ...groupRules(stack),
    ...prefixLists(stack),
    ...defaultGroups(stack),
    ...aclRules(stack),
  ],
};

function groupRules(stack: StackJson) {
  const rules = [
    ...resources(stack, "aws_vpc_security_group_ingress_rule"),
    ...resources(stack, "aws_security_group_rule").filter(
      ({ block }) => block["type"] !== "egress",
    ),
  ].flatMap((rule) => violations(rule, openCidrs(rule.block)));
  const groups = resources(stack, "aws_security_group", "aws_default_security_group");
  return [
    ...rules,
    ...groups.flatMap((group) =>
      nestedBlocks(group.block, "ingress").flatMap((rule) => violations(group, openCidrs(rule))),
    ),
  ];
}

/** A rule may name a list of networks in place of one. */
function prefixLists(stack: StackJson) {
  return resources(
    stack,
    "aws_ec2_managed_prefix_list",
    "aws_ec2_managed_prefix_list_entry",
  ).flatMap((element) => violations(element, openCidrs(element.block)));
}

/** What is in no other group is in the VPC's default one; the fleet keeps it empty on purpose. */
function defaultGroups(stack: StackJson) {
  return resources(stack, "aws_default_security_group").flatMap((group) => {
    const rules = ["ingress", "egress"].flatMap((name) => nestedBlocks(group.block, name));
    return rules.length === 0
      ? []
      : violations(group, ["has rules; the default group must admit and emit nothing"]);
  });
}

function aclRules(stack: StackJson) {
  const rules = resources(stack, "aws_network_acl_rule")
    .filter(({ block }) => !isTrue(block["egress"]) && block["rule_action"] !== "deny")
    .flatMap((rule) => (isForAnswers(rule.block) ? [] : violations(rule, openCidrs(rule.block))));
  const acls = resources(stack, "aws_network_acl", "aws_default_network_acl").flatMap((acl) =>
    nestedBlocks(acl.block, "ingress")
      .filter((rule) => rule["action"] !== "deny" && !isForAnswers(rule))
      .flatMap((rule) => violations(acl, openCidrs(rule))),
  );
  return [...rules, ...acls];
}

/** A network ACL keeps no state: answers from the Internet come in through ports that no server has. */
function isForAnswers(rule: TerraformBlock): boolean {
  const isTransport = ["tcp", "udp", "6", "17", 6, 17].some(
    (protocol) => rule["protocol"] === protocol,
  );
  return isTransport && Number(rule["from_port"]) >= 1024;
}

function openCidrs(rule: TerraformBlock): string[] {
  return argumentsOf(rule)
    .filter(([name]) => CIDR_ARGUMENTS.includes(name))
    .flatMap(([name, value]) =>
      // Inside an expression, too, a network may be written out.
      list(typeof value === "string" ? (value.match(/[0-9a-f.:]+\/\d{1,3}/gi) ?? []) : [])
        .map(String)
        .filter(isOpen)
        .map((cidr) => `${name} admits ${cidr}`),
    );
}

function isOpen(cidr: string): boolean {
  if (Address4.isValid(cidr)) {
    return !isPrivate(cidr) && new Address4(cidr).subnetMask < SHORTEST_PUBLIC_PREFIX.ipv4;
  }
  if (!Address6.isValid(cidr)) return false;
  const network = new Address6(cidr);
  return !network.isInSubnet(UNIQUE_LOCAL) && network.subnetMask < SHORTEST_PUBLIC_PREFIX.ipv6;
}
