import { MANAGE_ACTIONS, READ_ACTIONS } from "../terraform/type-permissions";
import type { FleetInAccount } from "./fleet-arns";
import type { Statement } from "../../fleet/identity/policy-document";

/** What AWS grants for an account's firewalls together. */
const ACCOUNT_WIDE = ["route53resolver:ListFirewallConfigs"];

/** What creates something, with tags. */
const CREATING = [
  "route53resolver:AssociateFirewallRuleGroup",
  "route53resolver:CreateFirewallDomainList",
  "route53resolver:CreateFirewallRuleGroup",
];

/** What is done to something that has no tags yet. */
const ON_UNTAGGED = ["route53resolver:TagResource"];

/** What a VPC's firewall does when it fails: AWS makes it with the VPC, and Terraform gives it no tags. */
const ON_CONFIG = ["route53resolver:UpdateFirewallConfig"];

/** Reads the firewalls of the clients' resolvers. AWS numbers them, so the fleet's are told by their tag. */
export function readFirewalls({ name }: Pick<FleetInAccount, "name">): Statement[] {
  const actions = READ_ACTIONS.filter(isFirewall);
  return [
    {
      Sid: "ReadFirewallsOfAccount",
      Effect: "Allow",
      Action: actions.filter((action) => ACCOUNT_WIDE.includes(action)),
      Resource: "*",
    },
    {
      Sid: "ReadFirewalls",
      Effect: "Allow",
      Action: actions.filter((action) => !ACCOUNT_WIDE.includes(action)),
      Resource: "*",
      Condition: { StringEquals: { "aws:ResourceTag/Project": name } },
    },
  ];
}

/** Makes, changes and deletes them. */
export function manageFirewalls({ name, accountId }: FleetInAccount): Statement[] {
  const apart = [...CREATING, ...ON_UNTAGGED, ...ON_CONFIG];
  const isOurs = { "aws:ResourceTag/Project": name };
  return [
    {
      Sid: "CreateFirewalls",
      Effect: "Allow",
      Action: CREATING,
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestTag/Project": name } },
    },
    {
      Sid: "TagFirewalls",
      Effect: "Allow",
      Action: ON_UNTAGGED,
      Resource: `arn:aws:route53resolver:*:${accountId}:firewall-*`,
      Condition: { StringEqualsIfExists: isOurs },
    },
    {
      Sid: "ChangeOwnFirewalls",
      Effect: "Allow",
      Action: MANAGE_ACTIONS.filter((action) => isFirewall(action) && !apart.includes(action)),
      Resource: "*",
      Condition: { StringEquals: isOurs },
    },
    {
      Sid: "CloseFirewalls",
      Effect: "Allow",
      Action: ON_CONFIG,
      Resource: `arn:aws:route53resolver:*:${accountId}:firewall-config/*`,
    },
  ];
}

/** Whether it is an action on a resolver's firewall. */
export function isFirewall(action: string): boolean {
  return action.startsWith("route53resolver:");
}
