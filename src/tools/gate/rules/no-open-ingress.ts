import { Address4, Address6 } from "ip-address";
import { isPrivate } from "../../../common/cidr";
import type { Rule } from "../rule";
import { violations } from "../rule";
import { argumentsOf, nestedBlocks, resources } from "../terraform-json";
import type { StackJson, TerraformBlock } from "../terraform-json";

/** The largest public networks that can be one owner's: a class B network, and what a registry allots. */
const SHORTEST_PUBLIC_PREFIX = { ipv4: 16, ipv6: 32 };

/** The private addresses of IPv6 (RFC 4193). */
const UNIQUE_LOCAL = new Address6("fc00::/7");

/** The arguments that name the networks of a security group's rule, by itself or in the group. */
const CIDR_ARGUMENTS = ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks"];

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
    ...resources(stack, "aws_vpc_security_group_ingress_rule").flatMap((rule) =>
      violations(rule, openCidrs(rule.block)),
    ),
    ...resources(stack, "aws_security_group", "aws_default_security_group").flatMap((group) =>
      violations(group, nestedBlocks(group.block, "ingress").flatMap(openCidrs)),
    ),
    ...defaultGroups(stack),
  ],
};

/** What is in no other group is in the VPC's default one; the fleet keeps it empty on purpose. */
function defaultGroups(stack: StackJson) {
  return resources(stack, "aws_default_security_group").flatMap((group) => {
    const rules = ["ingress", "egress"].flatMap((name) => nestedBlocks(group.block, name));
    return rules.length === 0
      ? []
      : violations(group, ["has rules; the default group must admit and emit nothing"]);
  });
}

function openCidrs(rule: TerraformBlock): string[] {
  return argumentsOf(rule)
    .filter(([name]) => CIDR_ARGUMENTS.includes(name))
    .flatMap(([name, value]) =>
      // Inside an expression, too, a network may be written out.
      [...String(value).matchAll(/[0-9a-f.:]+\/\d{1,3}/gi)]
        .filter(([cidr]) => isOpen(cidr))
        .map(([cidr]) => `${name} admits ${cidr}`),
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
