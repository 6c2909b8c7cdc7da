import { z } from "zod";
import { DEFAULT_REGIONS, REGION_PATTERN } from "../../common/regions";
import { alternatives } from "../../common/user-error";
import { clientSecurityGroup, consumerNames } from "../../fleet/names";
import { account, region } from "./account";
import { group, list, set, text } from "./checks";
import { allowedDns, publicDns, requireBlockedForNames, withPublicDns } from "./client-dns";
import { clientVpc, ofOneKind, requireOneKind, requireOneRegion, requireZones } from "./client-vpc";
import { requireDistinctNames, requireDistinctVpcs } from "./clients";
import { reject } from "./mistakes";
import {
  clientName,
  dnsName,
  name,
  nameOrNone,
  privateDnsName,
  requireDistinctDnsNames,
} from "./names";
import { tags } from "./tags";

const SERVICE_NAME = /^com\.amazonaws\.vpce\.([a-z0-9-]+)\.vpce-svc-([0-9a-f]{8}|[0-9a-f]{17})$/;

const client = group({
  name: clientName.default("client").describe("Names the VPC and its parts"),
  ...clientVpc,
  publicDns,
  allowedDns,
})
  .superRefine(requireOneKind)
  .transform(({ name, publicDns, allowedDns, ...vpc }) => {
    return { name, publicDns, allowedDns, ...ofOneKind(vpc) };
  });

const written = group({
  serviceName: text(
    SERVICE_NAME,
    "the name of the fleet's endpoint service such as com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
  )
    .refine(
      (serviceName) =>
        !SERVICE_NAME.test(serviceName) || REGION_PATTERN.test(regionOf(serviceName)),
      {
        error: "the name of a service in a commercial AWS region, which is its fourth part",
      },
    )
    .describe(
      "The fleet's output `endpoint_service_name`, such as `com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0`",
    ),
  zoneIds: set(
    text(
      /^[a-z]{3,4}\d-az\d+$/,
      "ids of availability zones such as use1-az1, not names, which are other zones in other accounts",
    ),
    "a list of ids of availability zones",
  )
    .prefault([])
    .describe(
      "The fleet's output `zone_ids`: where the endpoints can stand. Without it, AWS says so in the middle of a deployment. " +
        "Only in the service's own region",
    ),
  account: account.describe(
    'The kind of account: `"learner-lab"` has `LabInstanceProfile` for the test instances; `"standard"` makes a role',
  ),
  regions: set(region, "a list of AWS regions")
    .refine((names) => names.length > 0, { error: "at least one region" })
    .optional()
    .meta({
      description:
        "The regions that the clients may be in; other ones than the service's must be " +
        "[open to them](connect-an-account.md#from-another-region)",
      byDefault: "the service's",
      minItems: 1,
    }),
  name: name
    .default("proxy-client")
    .describe(
      "Begins the names of all parts. Another name has a state of its own: destroy this one first",
    ),
  tags,
  dnsName,
  privateDnsName: privateDnsName
    .optional()
    .describe(
      "The service's [private DNS name](connect-an-account.md#the-fleets-private-dns-name), if its owners have proved one: by it the VPCs " +
        "know the proxy, too. Where they accept endpoints, only after that",
    ),
  clients: list(client.prefault({}), "a list of client VPCs")
    .superRefine(requireDistinctNames)
    .superRefine(requireDistinctVpcs)
    .prefault([{}])
    .describe("The client VPCs; by default one, with the defaults below"),
});

/** What is written under the consumer's key in cdktf.json, with the defaults that depend on the service. */
export const clientSchema = written.transform(({ serviceName, regions, ...settings }) => {
  const serviceRegion = regionOf(serviceName);
  return {
    ...settings,
    serviceName,
    serviceRegion,
    regions: regions ?? [serviceRegion],
    dnsName: nameOrNone(settings.dnsName),
    clients: settings.clients.map((client) => withPublicDns(settings.account, client)),
  };
});

const { shape } = written;

/** A part of the settings, or nothing where it is wrong. */
const ifRight = <Part extends z.ZodType>(part: Part) => part.optional().catch(undefined);

/** The rules between the parts; apart, as those of a fleet are, so that all mistakes are said at once. */
export const rulesBetweenParts = z
  .object({
    serviceName: ifRight(shape.serviceName),
    zoneIds: ifRight(shape.zoneIds),
    account: ifRight(shape.account),
    regions: ifRight(shape.regions),
    name: ifRight(shape.name),
    dnsName: ifRight(shape.dnsName),
    privateDnsName: ifRight(shape.privateDnsName),
    clients: ifRight(shape.clients),
  })
  .superRefine((settings, context) => {
    for (const rule of RULES) rule({ ...settings, context });
  });

interface Parts extends z.output<typeof rulesBetweenParts> {
  readonly context: z.core.$RefinementCtx;
}

function labHasTwoRegions({ account, serviceName, regions, context }: Parts): void {
  if (account !== "learner-lab" || serviceName === undefined) return;
  const lab = DEFAULT_REGIONS["learner-lab"];
  const all = regions ?? [regionOf(serviceName)];
  if (all.every((name) => lab.includes(name))) return;
  const allowed = `in a Learner Lab: ${alternatives(lab)}; other regions need "account": "standard"`;
  reject(context, ["regions"], regions, allowed);
}

function idsAreOfOneRegion({ serviceName, regions, clients = [], context }: Parts): void {
  if (serviceName === undefined) return;
  const vpcs = clients.map(({ vpc }) => vpc);
  requireOneRegion(regions, regions ?? [regionOf(serviceName)], vpcs, context);
}

/** In another region AWS brings an endpoint of any zone to the service. */
function zonesAreOfTheService({ serviceName, zoneIds = [], regions, context }: Parts): void {
  if (serviceName === undefined || zoneIds.length === 0) return;
  const home = regionOf(serviceName);
  if (regions?.some((name) => name !== home)) {
    const allowed = `only with clients in the service's own region alone, ${home}: in another region any zone will do`;
    reject(context, ["zoneIds"], zoneIds, allowed);
    return;
  }
  zoneIds.forEach((id, index) => {
    if (id.startsWith(`${zonePrefix(home)}-`)) return;
    reject(context, ["zoneIds", index], id, `zones of ${home}, such as ${zonePrefix(home)}-az1`);
  });
}

function zonesAreEnough({ zoneIds = [], clients = [], context }: Parts): void {
  if (zoneIds.length > 0) requireZones(zoneIds.length, "zoneIds", clients, context);
}

function securityGroupsAreApart({ name, clients = [], context }: Parts): void {
  if (name === undefined) return;
  const { endpointSecurityGroup } = consumerNames(name);
  clients.forEach((client, index) => {
    if (clientSecurityGroup(client.name) !== endpointSecurityGroup) return;
    const allowed = `any other name: the endpoint's security group is ${endpointSecurityGroup} already`;
    reject(context, ["clients", index, "name"], client.name, allowed);
  });
}

function namesAreAmongBlocked({ account, clients = [], context }: Parts): void {
  if (account !== undefined) requireBlockedForNames(account, clients, context);
}

function namesAreTwo({ privateDnsName, dnsName, context }: Parts): void {
  requireDistinctDnsNames(privateDnsName, dnsName, ["privateDnsName"], context);
}

const RULES = [
  labHasTwoRegions,
  idsAreOfOneRegion,
  namesAreTwo,
  zonesAreOfTheService,
  zonesAreEnough,
  securityGroupsAreApart,
  namesAreAmongBlocked,
];

function regionOf(serviceName: string): string {
  return SERVICE_NAME.exec(serviceName)![1]!;
}

/** What the ids of a region's zones begin with: `use1` in us-east-1, `apne1` in ap-northeast-1. */
function zonePrefix(region: string): string {
  const [area = "", direction = "", number = ""] = region.split("-");
  return (
    area +
    direction.replace(/^(north|south)?(east|west|central)?$/, (_, one = "", other = "") =>
      [one, other].map((word: string) => word.charAt(0)).join(""),
    ) +
    number
  );
}
