import type { z } from "zod";
import { group, list } from "./checks";
import { allowedDns, publicDns } from "./client-dns";
import { clientVpc, ofOneKind, requireOneKind } from "./client-vpc";
import { reject } from "./mistakes";
import { clientName } from "./names";
import { ruleSetName } from "./rule-sets";

const client = group({
  name: clientName.default("client").describe("Names the VPC and its parts"),
  ...clientVpc,
  publicDns,
  allowedDns,
  rules: ruleSetName.default("default").describe("Its [rule set](rules.md): a folder in `rules/`"),
})
  .superRefine(requireOneKind)
  .transform(({ name, publicDns, allowedDns, rules, ...vpc }) => {
    return { name, publicDns, allowedDns, rules, ...ofOneKind(vpc) };
  });

/** Rejects the name of a client that an earlier one has. */
export function requireDistinctNames(
  all: readonly { readonly name: string }[],
  context: z.core.$RefinementCtx,
): void {
  all.forEach(({ name }, index) => {
    if (all.findIndex((other) => other.name === name) < index) {
      reject(context, [index, "name"], name, "a name that no other client has");
    }
  });
}

/** Rejects a VPC that an earlier client has: it can have but one zone of the proxy's name, and one firewall. */
export function requireDistinctVpcs(
  // A client that is wrong in itself has not become one of the two kinds.
  all: readonly { readonly vpc?: object }[],
  context: z.core.$RefinementCtx,
): void {
  const ids = all.map(({ vpc }) => (vpc && "vpcId" in vpc ? vpc.vpcId : undefined));
  ids.forEach((id, index) => {
    if (id === undefined || ids.indexOf(id) === index) return;
    reject(context, [index, "vpcId"], id, "a VPC that no other client has");
  });
}

export const clients = list(client.prefault({}), "a list of client VPCs")
  .superRefine(requireDistinctNames)
  .superRefine(requireDistinctVpcs)
  .describe(
    "The client VPCs; by default one, with the defaults below. With PrivateLink their networks may overlap",
  );
