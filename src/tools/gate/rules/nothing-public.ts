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

/** Arguments that, in whatever resource, give something a public address or let everyone in. */
const PUBLIC_ARGUMENTS = [
  "assign_public_ip",
  "associate_public_ip_address",
  "map_public_ip_on_launch",
  "publicly_accessible",
];

/** Resources that are public whatever their arguments. */
const PUBLIC_TYPES = [
  "aws_cloudfront_distribution",
  "aws_ecrpublic_repository",
  "aws_globalaccelerator_accelerator",
];

const LOAD_BALANCERS = ["aws_lb", "aws_alb", "aws_elb"];

/** The arguments by which an S3 bucket is closed to the public. */
const BUCKET_BLOCKS = [
  "block_public_acls",
  "block_public_policy",
  "ignore_public_acls",
  "restrict_public_buckets",
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
        ...publicParts(element),
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

function publicParts({ type, block }: Element): string[] {
  if (PUBLIC_TYPES.includes(type)) return ["is public by its nature"];
  if (LOAD_BALANCERS.includes(type) && !isTrue(block["internal"])) {
    return ["internal must be true; without it the load balancer faces the Internet"];
  }
  if (
    type === "aws_vpc_endpoint_service" &&
    list(block["allowed_principals"]).includes("*") &&
    !isTrue(block["acceptance_required"])
  ) {
    return ['allowed_principals has "*", so every AWS account connects: set acceptance_required'];
  }
  if (type === "aws_vpc_endpoint_service_allowed_principal" && block["principal_arn"] === "*") {
    return ['principal_arn is "*", which is every AWS account'];
  }
  if (type === "aws_s3_bucket_public_access_block") {
    return BUCKET_BLOCKS.filter((name) => !isTrue(block[name])).map(
      (name) => `${name} must be true`,
    );
  }
  if (
    ["aws_s3_bucket", "aws_s3_bucket_acl"].includes(type) &&
    /^public/.test(String(block["acl"]))
  ) {
    return [`acl is ${JSON.stringify(block["acl"])}`];
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

/** What connects a subnet to its routes, and what may be in one that has a route to the Internet. */
const IN_PUBLIC_SUBNETS = ["aws_nat_gateway", "aws_route_table_association"];

function publicPlace({ type, block }: Element, subnets: readonly string[]): string[] {
  if (IN_PUBLIC_SUBNETS.includes(type)) return [];
  const used = argumentsOf(block).flatMap(([, value]) => referencesTo("aws_subnet", value));
  return subnets
    .filter((subnet) => used.includes(subnet))
    .map(
      (subnet) => `is in ${subnet}, which has a route to the Internet; only NAT gateways may be`,
    );
}
