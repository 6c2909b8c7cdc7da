import { publicSubnets } from "../public-subnets";
import type { Rule } from "../rule";
import { violations } from "../rule";
import {
  argumentsOf,
  isFalse,
  isTrue,
  list,
  referencesTo,
  resources,
  type Element,
  type StackJson,
} from "../terraform-json";

/** The arguments that give something a public address. */
const PUBLIC_ARGUMENTS = [
  "assign_public_ip",
  "associate_public_ip_address",
  "map_public_ip_on_launch",
];

/** The NAT gateways face the Internet, and nothing else does. */
export const nothingPublic: Rule = {
  name: "nothing-public",
  reason:
    "Clients come through PrivateLink or private networks, and the proxies go out through NAT gateways. " +
    "Anything else with a public address, or open to every account, is a way in.",
  violatedBy: {
    resource: { aws_lb: { open: { internal: false, load_balancer_type: "network" } } },
  },
  check: (stack) => {
    const subnets = publicSubnets(stack);
    return resources(stack).flatMap((element) =>
      violations(element, [
        ...publicArguments(element),
        ...publicEntry(element),
        ...publicAddress(element, stack),
        ...publicPlace(element, subnets),
      ]),
    );
  },
};

function publicArguments({ block }: Element): string[] {
  return argumentsOf(block)
    .filter(([name, value]) => PUBLIC_ARGUMENTS.includes(name) && !isFalse(value) && value !== null)
    .map(([name, value]) => `${name} is ${JSON.stringify(value)}, and must be false`);
}

function publicEntry({ type, block }: Element): string[] {
  if (type === "aws_lb" && !isTrue(block["internal"])) {
    return ["internal must be true; without it the load balancer faces the Internet"];
  }
  if (
    type === "aws_vpc_endpoint_service" &&
    list(block["allowed_principals"]).includes("*") &&
    !isTrue(block["acceptance_required"])
  ) {
    return ['allowed_principals has "*", so every AWS account connects: set acceptance_required'];
  }
  return [];
}

function publicAddress({ type, address }: Element, stack: StackJson): string[] {
  if (type !== "aws_eip") return [];
  const ofNatGateways = resources(stack, "aws_nat_gateway").flatMap(({ block }) =>
    [block["allocation_id"], ...list(block["secondary_allocation_ids"])].flatMap((value) =>
      referencesTo("aws_eip", value),
    ),
  );
  return ofNatGateways.includes(address) ? [] : ["is a public address, and no NAT gateway's"];
}

/** What is in no subnet but names one, and what may be in one that has a route to the Internet. */
const IN_PUBLIC_SUBNETS = [
  "aws_appautoscaling_policy",
  "aws_cloudwatch_dashboard",
  "aws_cloudwatch_metric_alarm",
  "aws_nat_gateway",
  "aws_route_table_association",
];

function publicPlace({ type, block }: Element, subnets: readonly string[]): string[] {
  if (IN_PUBLIC_SUBNETS.includes(type)) return [];
  const used = argumentsOf(block).flatMap(([, value]) => referencesTo("aws_subnet", value));
  return subnets
    .filter((subnet) => used.includes(subnet))
    .map(
      (subnet) => `is in ${subnet}, which has a route to the Internet; only NAT gateways may be`,
    );
}
