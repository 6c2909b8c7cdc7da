import { group, integer, list, text } from "./checks";
import { reject } from "./mistakes";
import { clientName } from "./names";
import { requireSubnets, vpcCidr } from "./networks";
import { ruleSetName } from "./rule-sets";

const client = group({
  name: clientName.default("client").describe("Names the VPC and its parts"),
  cidr: vpcCidr
    .default("172.16.0.0/16")
    .describe(
      "Its network, a private one of /16 to /24, with room for a subnet of /24 in each zone",
    ),
  azs: integer(1, 6).default(1).describe("Its availability zones, a private subnet in each"),
  instanceType: text(
    /^(none|a1\.[a-z0-9]+|[a-z]+\d+g[a-z]*\.[a-z0-9]+)$/,
    'a Graviton (arm64) instance type such as "t4g.small", or "none" for a VPC without a test instance',
  )
    .default("t4g.small")
    .describe('Its test instance, a Graviton type; `"none"` for none'),
  rules: ruleSetName.default("default").describe("Its [rule set](rules.md): a folder in `rules/`"),
}).superRefine(({ cidr, azs }, context) => {
  requireSubnets(context, cidr, azs, azs);
});

export const clients = list(client.prefault({}), "a list of client VPCs")
  .superRefine((all, context) => {
    all.forEach(({ name }, index) => {
      if (all.findIndex((other) => other.name === name) < index) {
        reject(context, [index, "name"], name, "a name that no other client has");
      }
    });
  })
  .describe(
    "The client VPCs; by default one, with the defaults below. With PrivateLink their networks may overlap",
  );
