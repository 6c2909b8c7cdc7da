import { z } from "zod";
import { region } from "./account";
import { group, oneOf, set, text } from "./checks";
import { reject } from "./mistakes";
import { privateDnsName } from "./names";

const PRINCIPALS = 'IAM principals such as arn:aws:iam::123456789012:root, or "*"';

/**
 * A role or user whose ARN has a path. Source: "ModifyVpcEndpointServicePermissions", Amazon EC2 API
 * reference, which does not support them.
 */
const WITH_PATH = /^arn:aws:iam::(\d{12}):(?:role|user)\/.+\//;

const principal = z
  .string({ error: PRINCIPALS })
  .regex(/^(\*|arn:aws:iam::\d{12}:(root|(role|user)\/[\w+=,.@-]+))$/, {
    error: ({ input }) => {
      const [, accountId] = WITH_PATH.exec(String(input)) ?? [];
      return accountId === undefined
        ? PRINCIPALS
        : `roles and users without a path, as AWS refuses those with one here, or their whole account, arn:aws:iam::${accountId}:root`;
    },
  })
  .meta({ errorMessage: `Allowed: ${PRINCIPALS}; AWS refuses ARNs with a path.` });

export const endpointService = group({
  allowedPrincipals: set(
    principal,
    "a list of IAM principals such as arn:aws:iam::123456789012:root",
  )
    .prefault([])
    .describe(
      "IAM principals of other accounts that may create endpoints, such as `arn:aws:iam::123456789012:root`, none " +
        'with a path; `"*"`, for every account, only with explicit acceptance. ' +
        "To remove one [disconnects nobody](connect-an-account.md#disconnect-somebody)",
    ),
  acceptance: oneOf("automatic", "explicit")
    .default("automatic")
    .describe(
      '`"automatic"`, or `"explicit"`: each endpoint waits until it is named in `consumers` or somebody accepts it. ' +
        "To change it, destroy the fleet first",
    ),
  regions: set(region, "a list of AWS regions")
    .prefault([])
    .describe(
      "Other regions from which endpoints [may connect](connect-an-account.md#from-another-region), for a charge. " +
        "To close them again, name the fleet's own region alone",
    ),
  privateDnsName: privateDnsName
    .optional()
    .describe(
      "The endpoints' [private DNS name](connect-a-vpc.md#a-public-domain-of-yours), below a public domain that is yours. " +
        "Only in an ordinary account",
    ),
  publicZoneId: text(/^Z[A-Z0-9]{1,31}$/, "the id of a Route 53 zone such as Z0123456789ABCDEFGHIJ")
    .optional()
    .meta({
      description:
        "The public Route 53 zone of that name, or of a domain above it, in the fleet's account",
      byDefault: "required with `privateDnsName`",
    }),
})
  .superRefine(({ privateDnsName, publicZoneId }, context) => {
    if (privateDnsName !== undefined && publicZoneId === undefined) {
      const allowed =
        "with privateDnsName, the id of the public zone that proves whose the name is";
      reject(context, ["publicZoneId"], undefined, allowed);
    }
    if (privateDnsName === undefined && publicZoneId !== undefined) {
      reject(context, ["publicZoneId"], publicZoneId, "only with privateDnsName");
    }
  })
  .superRefine(({ allowedPrincipals, acceptance }, context) => {
    if (allowedPrincipals.includes("*") && acceptance === "automatic") {
      const allowed = '"explicit" when allowedPrincipals has "*": every AWS account could connect';
      reject(context, ["acceptance"], acceptance, allowed);
    }
  })
  .transform(({ privateDnsName: dnsName, publicZoneId, ...settings }) => ({
    ...settings,
    ...(dnsName !== undefined &&
      publicZoneId !== undefined && { privateDns: { dnsName, publicZoneId } }),
  }))
  .describe("The PrivateLink service, to which client VPCs connect their endpoints");
