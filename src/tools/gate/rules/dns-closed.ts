import { isRegistry } from "../../../configuration/rules/public-suffixes";
import type { Rule, Violation } from "../rule";
import { violations } from "../rule";
import { list, referencesTo, resources, type Element, type StackJson } from "../terraform-json";

const CONFIG = "aws_route53_resolver_firewall_config";
const DOMAIN_LIST = "aws_route53_resolver_firewall_domain_list";
const RULE = "aws_route53_resolver_firewall_rule";
const GROUP = "aws_route53_resolver_firewall_rule_group";
const ASSOCIATION = "aws_route53_resolver_firewall_rule_group_association";

/** Stands for every name. */
const EVERY_NAME = "*";

/** A resolver that has a firewall answers for nothing but names that somebody has chosen. */
export const dnsClosed: Rule = {
  name: "dns-closed",
  reason:
    "A VPC's resolver answers past every route and security group, and a name carries data out. So its firewall blocks " +
    "every name in its last rule and when it fails, and lets pass none below which strangers have theirs.",
  violatedBy: {
    resource: {
      [ASSOCIATION]: { open: { vpc_id: "vpc-0123", firewall_rule_group_id: "rslvr-frg-0123" } },
    },
  },
  check: (stack) => [
    ...resources(stack, ASSOCIATION).flatMap((association) =>
      violations(association, [...whenItFails(association, stack), ...atLast(association, stack)]),
    ),
    ...resources(stack, CONFIG).flatMap(open),
    ...resources(stack, RULE).flatMap((rule) => violations(rule, strangers(rule, stack))),
  ],
};

function whenItFails({ block: { vpc_id } }: Element, stack: StackJson): string[] {
  const isSaid = resources(stack, CONFIG).some(({ block }) => block["resource_id"] === vpc_id);
  return isSaid
    ? []
    : [`no ${CONFIG} says that ${String(vpc_id)} is closed when its firewall fails`];
}

function open(config: Element): Violation[] {
  const { firewall_fail_open: failOpen = "not set" } = config.block;
  return failOpen === "DISABLED"
    ? []
    : violations(config, [
        `firewall_fail_open is ${JSON.stringify(failOpen)}, and must be DISABLED`,
      ]);
}

/** AWS asks the rules by their numbers, the lowest first. */
function atLast({ block: { firewall_rule_group_id } }: Element, stack: StackJson): string[] {
  const groups = referencesTo(GROUP, firewall_rule_group_id);
  const rules = resources(stack, RULE)
    .filter(({ block }) =>
      referencesTo(GROUP, block["firewall_rule_group_id"]).some((group) => groups.includes(group)),
    )
    .sort((one, other) => Number(one.block["priority"]) - Number(other.block["priority"]));
  const last = rules.at(-1);
  const blocksAll =
    last !== undefined &&
    last.block["action"] === "BLOCK" &&
    last.block["q_type"] === undefined &&
    domainsOf(last, stack)?.includes(EVERY_NAME);
  return blocksAll
    ? []
    : [`the last rule of its group does not block ${EVERY_NAME}, which is every name`];
}

/** What a rule lets pass, by itself or with an alert, that is in nobody's hands. */
function strangers(rule: Element, stack: StackJson): string[] {
  if (rule.block["action"] === "BLOCK") return [];
  const domains = domainsOf(rule, stack);
  if (domains === undefined) return ["lets pass a list of names that is not in the stack"];
  return domains
    .filter(
      (domain) => /^\*(?!\.)/.test(domain) || (/^\*\./.test(domain) && isRegistry(domain.slice(2))),
    )
    .map((domain) => `lets pass ${domain}, and so names of anybody's`);
}

/** The names of a rule; nothing where its list is not in the stack. */
function domainsOf({ block }: Element, stack: StackJson): string[] | undefined {
  const [address] = referencesTo(DOMAIN_LIST, block["firewall_domain_list_id"]);
  const found = resources(stack, DOMAIN_LIST).find((other) => other.address === address);
  return found && list(found.block["domains"]).map(String);
}
