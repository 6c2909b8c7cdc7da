import type { ITerraformDependable } from "cdktf";
import { Route53ResolverFirewallConfig } from "@cdktf/provider-aws/lib/route53-resolver-firewall-config";
import { Route53ResolverFirewallDomainList } from "@cdktf/provider-aws/lib/route53-resolver-firewall-domain-list";
import { Route53ResolverFirewallRule } from "@cdktf/provider-aws/lib/route53-resolver-firewall-rule";
import { Route53ResolverFirewallRuleGroup } from "@cdktf/provider-aws/lib/route53-resolver-firewall-rule-group";
import { Route53ResolverFirewallRuleGroupAssociation } from "@cdktf/provider-aws/lib/route53-resolver-firewall-rule-group-association";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";

/**
 * Where the group stands among those that somebody else has associated with the VPC: AWS asks the lowest
 * number first, and takes 100 to 9900, each once in a VPC. Early, so that hardly anything is decided before.
 * Source: "AssociateFirewallRuleGroup", Amazon Route 53 API reference.
 */
const PRIORITY = 150;

export interface DnsFirewallProps {
  /** Begins the names of its parts, which AWS limits to 64 characters. */
  readonly name: string;
  readonly vpcId: string;
  /**
   * What the resolver still answers for: a name, or `*.` before one for all names below it, but not for
   * itself.
   */
  readonly allowedNames: readonly string[];
}

/**
 * Keeps a VPC's resolver from answering for any names but a few. No route and no security group does:
 * every VPC has the resolver, it asks the Internet's name servers, and a name can carry data to them.
 *
 * A name that is refused does not exist (NXDOMAIN), so that a client goes on to its search domains at
 * once. What an allowed name leads to, by an alias or a CNAME, is allowed with it: only who owns the name
 * could change that. Where AWS's firewall does not answer, nothing is resolved.
 *
 * Sources: "How Route 53 Resolver DNS Firewall works" and "Rule settings in DNS Firewall", Amazon Route 53
 * developer guide.
 */
export class DnsFirewall extends Construct {
  /** What must exist before the resolver is closed. */
  public readonly dependables: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: DnsFirewallProps) {
    super(scope, id);
    const { name, vpcId, allowedNames } = props;

    const group = new Route53ResolverFirewallRuleGroup(this, SELF, { name: `${name}-dns` });
    const rule = (action: "allow" | "block", domains: readonly string[]) => ({
      name: action,
      firewallRuleGroupId: group.id,
      firewallDomainListId: new Route53ResolverFirewallDomainList(this, `${action}-names`, {
        name: `${name}-${action}`,
        domains: [...domains],
      }).id,
    });
    const allow = new Route53ResolverFirewallRule(this, "allow", {
      ...rule("allow", allowedNames),
      priority: 100,
      action: "ALLOW",
      firewallDomainRedirectionAction: "TRUST_REDIRECTION_DOMAIN",
    });
    const block = new Route53ResolverFirewallRule(this, "block", {
      ...rule("block", ["*"]),
      priority: 200,
      action: "BLOCK",
      blockResponse: "NXDOMAIN",
    });
    const failClosed = new Route53ResolverFirewallConfig(this, "failure", {
      resourceId: vpcId,
      firewallFailOpen: "DISABLED",
    });
    const association = new Route53ResolverFirewallRuleGroupAssociation(this, "association", {
      name,
      firewallRuleGroupId: group.id,
      vpcId,
      priority: PRIORITY,
      // A group without rules lets everything pass: it takes effect whole, and goes whole.
      dependsOn: [allow, block, failClosed],
    });
    this.dependables = [association];
  }
}

/**
 * The names that a VPC's resolver has for the VPC's own hosts, in any region.
 * Source: "Domain names that VPC Resolver creates autodefined system rules for", Amazon Route 53 developer guide.
 *
 * @param region where the VPC is.
 */
export function hostNames(region: string): string[] {
  return ["*.ec2.internal", `*.${region}.compute.internal`];
}
