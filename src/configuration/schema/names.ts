import type { z } from "zod";
import { isPublicSuffix } from "../rules/public-suffixes";
import { UNKNOWN_USER } from "../rules/rule-users";
import { text } from "./checks";
import { reject } from "./mistakes";

/** The longest `name` that still leaves room for `-nlb` in AWS's 32 characters for a load balancer. */
const MAX_NAME_LENGTH = 28;

const WORDS = `(?=.{1,${MAX_NAME_LENGTH}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`;
const WORDS_ALLOWED = `lower-case letters, digits and single hyphens, a letter first, ${MAX_NAME_LENGTH} characters at most`;

/** AWS refuses load balancers and security groups whose names begin so. */
const NOT_OF_AWS = "(?!sg(-|$))(?!internal(-|$))";
const NOT_OF_AWS_ALLOWED =
  'not beginning with "sg-" or "internal-" (AWS refuses load balancers and security groups so named)';

const NOT_UNKNOWN = `(?!${UNKNOWN_USER}$)`;
const NOT_UNKNOWN_ALLOWED = `not "${UNKNOWN_USER}", which stands for an endpoint that nobody has named`;

export const clientName = text(
  new RegExp(`^${NOT_OF_AWS}${NOT_UNKNOWN}${WORDS}`),
  `${WORDS_ALLOWED}, ${NOT_OF_AWS_ALLOWED}, and ${NOT_UNKNOWN_ALLOWED}`,
);

export const consumerName = text(
  new RegExp(`^${NOT_UNKNOWN}${WORDS}`),
  `${WORDS_ALLOWED}, and ${NOT_UNKNOWN_ALLOWED}`,
);

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/** A DNS name of two labels at least, no address, and none by which a VPC knows AWS's services or its own machines. */
const DNS_NAME = `(?=.{1,200}$)(?!(.+\\.)?(amazonaws\\.com|(ec2|compute)\\.internal|local)$)(${LABEL}\\.)+(?=[a-z])${LABEL}`;

export const dnsName = text(
  new RegExp(`^(none|${DNS_NAME})$`),
  'a DNS name in small letters such as "proxy.internal", none of AWS\'s and none that ends in .local; or "none"',
)
  .refine((written) => !isPublicSuffix(written), {
    error:
      "no public suffix, whose names the zone would hide; a name below it such as proxy.example.com",
  })
  .default("proxy.internal")
  .describe(
    "The proxy's [DNS name](connect-a-vpc.md#one-name), the same in all client VPCs: in each, a private zone has it, which " +
      'hides a public domain of this name. `"none"`: clients use the long name of their endpoint',
  );

export const privateDnsName = text(
  new RegExp(`^${DNS_NAME}$`),
  'a DNS name in small letters such as "proxy.example.com", none of AWS\'s and none that ends in .local',
);

/** Rejects one name for two private zones in a VPC, which has one zone of a name. */
export function requireDistinctDnsNames(
  privateDnsName: string | undefined,
  dnsName: string | undefined,
  path: string[],
  context: z.core.$RefinementCtx,
): void {
  if (privateDnsName === undefined || privateDnsName !== dnsName) return;
  const allowed = 'any other name than dnsName has; "dnsName": "none" makes no zone of that name';
  reject(context, path, privateDnsName, allowed);
}

/** A name, where there is one besides the endpoint's own. */
export function nameOrNone(written: string): string | undefined {
  return written === "none" ? undefined : written;
}

export const name = text(
  new RegExp(`^${NOT_OF_AWS}${WORDS}`),
  `${WORDS_ALLOWED}, ${NOT_OF_AWS_ALLOWED}`,
)
  .default("proxy")
  .describe(
    `Begins the names of all parts: lower-case letters, digits and hyphens, ${MAX_NAME_LENGTH} characters at most. ` +
      "Another name is another fleet, with a state of its own: destroy this one first",
  );
