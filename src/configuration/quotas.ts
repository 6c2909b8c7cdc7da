import type { Settings } from "./settings";

/** A quota of an account in each region, with which a larger fleet would stop half-way. */
interface Quota {
  readonly what: string;
  /** How many an account has unless it has asked for more. */
  readonly byDefault: number;
  /** How many are taken in an account that has nothing else. */
  readonly taken: number;
  readonly serviceCode: string;
  readonly quotaCode: string;
  readonly needed: (settings: Pick<Settings, "vpc" | "clients">) => number;
}

/** Source: "Amazon VPC quotas", Amazon VPC user guide. */
const QUOTAS: readonly Quota[] = [
  {
    what: "VPCs",
    byDefault: 5,
    // Each region has a default VPC.
    taken: 1,
    serviceCode: "vpc",
    quotaCode: "L-F678F1CE",
    needed: ({ vpc, clients }) =>
      [vpc, ...clients.map(({ vpc }) => vpc)].filter((vpc) => !("vpcId" in vpc)).length,
  },
  {
    what: "Elastic IP addresses",
    byDefault: 5,
    taken: 0,
    serviceCode: "ec2",
    quotaCode: "L-0263D0A3",
    needed: ({ vpc }) => ("vpcId" in vpc ? 0 : vpc.natGateways === "single" ? 1 : vpc.azs),
  },
];

/**
 * What a new account has too few of for the fleet, a line each. No mistakes: an account may have asked
 * for more, which only AWS knows.
 */
export function exceededQuotas(settings: Pick<Settings, "vpc" | "clients">): string[] {
  return QUOTAS.flatMap(({ what, byDefault, taken, serviceCode, quotaCode, needed }) => {
    const all = needed(settings) + taken;
    if (all <= byDefault) return [];
    const options = `--service-code ${serviceCode} --quota-code ${quotaCode} --region <region>`;
    const besides = taken > 0 ? `, and the region's own takes ${taken}` : "";
    return [
      `the fleet makes ${all - taken} ${what}${besides}; an account has ${byDefault} in a region unless it asks for more. ` +
        `Look: aws service-quotas get-service-quota ${options}; ` +
        `ask: aws service-quotas request-service-quota-increase ${options} --desired-value ${all}`,
    ];
  });
}
