import { z } from "zod";
import { contains, overlaps } from "../../common/cidr";
import { DEFAULT_REGIONS } from "../../common/regions";
import { alternatives } from "../../common/user-error";
import { clientSecurityGroup, fleetNames } from "../../fleet/names";
import { nearLimit } from "../../fleet/monitoring/near-limit";
import { squidMemory } from "../../fleet/squid/squid-memory";
import { requireBlockedForNames } from "./client-dns";
import { requireOneRegion, requireZones } from "./client-vpc";
import { reject } from "./mistakes";
import { DEFAULT_MONITORING } from "./monitoring";
import { requireDistinctDnsNames } from "./names";
import { written } from "./schema";

/** A part of the settings, or nothing where it is wrong. */
const ifRight = <Part extends z.ZodType>(part: Part) => part.optional().catch(undefined);

const { shape } = written;

/** The parts that the rules compare. */
const parts = z.object({
  account: ifRight(shape.account),
  regions: ifRight(shape.regions),
  permissionsBoundary: ifRight(shape.permissionsBoundary),
  github: ifRight(shape.github),
  name: ifRight(shape.name),
  image: ifRight(shape.image),
  vpc: ifRight(shape.vpc),
  service: ifRight(shape.service),
  proxy: ifRight(shape.proxy),
  loadBalancer: ifRight(shape.loadBalancer),
  endpointService: ifRight(shape.endpointService),
  dnsName: ifRight(shape.dnsName),
  alarms: ifRight(shape.alarms),
  clients: ifRight(shape.clients),
  consumers: ifRight(shape.consumers),
  ruleSets: ifRight(shape.ruleSets),
});

/** Of the parts above, those that are right; nothing where there is no object to have them. */
export function rightParts(input: unknown): z.output<typeof parts> {
  return parts.safeParse(input).data ?? {};
}

/** A rule between groups. */
type Rule = (settings: z.output<typeof parts>, context: z.core.$RefinementCtx) => void;

/**
 * The rules between groups. They stand apart because zod skips an object's own rules while any
 * part of it is wrong, and a user should see all mistakes at once; a part that is wrong is absent
 * here, so that it is complained of only once.
 */
export const rulesBetweenGroups = parts.superRefine((settings, context) => {
  for (const rule of RULES) rule(settings, context);
});

/** A Learner Lab has two regions, and no roles can be made there. */
const onlyInAccount: Rule = ({ account, regions, ...settings }, context) => {
  if (account !== "learner-lab") return;
  const lab = DEFAULT_REGIONS["learner-lab"];
  if (regions?.some((name) => !lab.includes(name))) {
    const allowed = `in a Learner Lab: ${alternatives(lab)}; other regions need "account": "standard"`;
    reject(context, ["regions"], regions, allowed);
  }
  for (const setting of ["permissionsBoundary", "github"] as const) {
    const value = settings[setting];
    if (value === undefined) continue;
    const allowed = 'only with "account": "standard"; a Learner Lab cannot create IAM roles';
    reject(context, [setting], value, allowed);
  }
};

/** Who has a domain has it in an account that stays. */
const domainIsInOrdinaryAccount: Rule = ({ account, endpointService, dnsName }, context) => {
  const name = endpointService?.privateDns?.dnsName;
  if (name === undefined) return;
  const path = ["endpointService", "privateDnsName"];
  if (account === "learner-lab") {
    reject(
      context,
      path,
      name,
      'only with "account": "standard"; a Learner Lab owns no public domain',
    );
  }
  requireDistinctDnsNames(name, dnsName, path, context);
};

const imageIsElsewhere: Rule = ({ image, name }, context) => {
  const { uri } = image ?? {};
  if (uri !== undefined && name !== undefined && new RegExp(`/${name}-squid[:@]`).test(uri)) {
    const allowed = `an image elsewhere: the fleet's own repository goes when an image is named`;
    reject(context, ["image", "uri"], uri, allowed);
  }
};

/** A test instance's security group is named after its client, the endpoint's after the fleet. */
const securityGroupsAreApart: Rule = ({ clients, name }, context) => {
  if (name === undefined) return;
  const { endpointSecurityGroup } = fleetNames(name);
  clients?.forEach((client, index) => {
    if (clientSecurityGroup(client.name) !== endpointSecurityGroup) return;
    const allowed = `any other name: the endpoint's security group is ${endpointSecurityGroup} already`;
    reject(context, ["clients", index, "name"], client.name, allowed);
  });
};

const namesAreAmongBlocked: Rule = ({ account, clients = [] }, context) => {
  if (account !== undefined) requireBlockedForNames(account, clients, context);
};

/** By it the access log, and all that reads it, tells them apart. */
const consumersAreNoClients: Rule = ({ clients = [], consumers = [] }, context) => {
  consumers.forEach(({ name }, index) => {
    if (!clients.some((client) => client.name === name)) return;
    reject(context, ["consumers", index, "name"], name, "a name that no client has");
  });
};

/** An endpoint connects to the service of one region, and can be accepted there alone. */
const consumersAreOfARegion: Rule = (
  { account, endpointService, consumers, ...settings },
  context,
) => {
  if (account === undefined || endpointService?.acceptance !== "explicit") return;
  const regions = settings.regions ?? DEFAULT_REGIONS[account];
  consumers?.forEach(({ region }, index) => {
    if (region === undefined ? regions.length === 1 : regions.includes(region)) return;
    const allowed =
      "with explicit acceptance, the fleet's region to whose service the endpoint connects: " +
      (regions.length === 1 ? alternatives(regions) : `one of ${regions.join(", ")}`);
    reject(context, ["consumers", index, "region"], region, allowed);
  });
};

const networksAreApart: Rule = ({ vpc, loadBalancer, proxy }, context) => {
  // The networks of a VPC that is there, only a plan knows.
  if (vpc === undefined || "vpcId" in vpc) return;
  const own = vpc.cidr;
  for (const cidr of loadBalancer?.ingressCidrs ?? []) {
    if (overlaps(own, cidr) && !contains(own, cidr)) {
      const allowed = `networks inside the service VPC (${own}) or outside it`;
      reject(context, ["loadBalancer", "ingressCidrs"], cidr, allowed);
    }
  }
  for (const cidr of proxy?.privateCidrs ?? []) {
    if (overlaps(own, cidr)) {
      const allowed =
        `networks outside the service VPC (${own}): there are the proxies themselves and the load ` +
        "balancer, which clients would reach under the proxies' own addresses";
      reject(context, ["proxy", "privateCidrs"], cidr, allowed);
    }
  }
};

/** Auto scaling keeps its target, at which nothing is to ring; and a full task takes no more, so that its average adds none. */
const flowsFitInTask: Rule = ({ service, proxy }, context) => {
  const target = service?.targetFlowsPerTask;
  if (service === undefined || proxy === undefined || target === undefined) return;
  const { maxConnections } = squidMemory({ ...proxy, ...service });
  const alarming = nearLimit(maxConnections);
  if (target < alarming) return;
  const allowed =
    `less than ${alarming}, at which the alarm flows-near-limit rings: ${maxConnections} connections fit in a task with memoryMiB ${service.memoryMiB}; ` +
    "the default is six tenths of them";
  reject(context, ["service", "targetFlowsPerTask"], target, allowed);
};

/** Who names somebody to be told wants to be told. */
const receiversHaveAlarms: Rule = ({ account, alarms }, context) => {
  if (account === undefined || alarms === undefined) return;
  const { mode = DEFAULT_MONITORING[account], email, topicArn } = alarms;
  if (mode === "on") return;
  const allowed =
    'only with "mode": "on"; ' +
    (alarms.mode === "off" ? '"off" has no alarms' : "a Learner Lab has no alarms by default");
  if (email.length > 0) reject(context, ["alarms", "email"], email, allowed);
  if (topicArn !== undefined) reject(context, ["alarms", "topicArn"], topicArn, allowed);
};

/** CloudWatch sends what happens in a region to topics of that region alone. */
const topicIsInRegion: Rule = ({ account, alarms, ...settings }, context) => {
  const topicArn = alarms?.topicArn;
  if (account === undefined || topicArn === undefined) return;
  const region = topicArn.split(":")[3];
  const regions = settings.regions ?? DEFAULT_REGIONS[account];
  if (region === "{region}" || regions.every((name) => name === region)) return;
  const allowed =
    "a topic in the fleet's own region: put {region} in place of the region, or name that one alone in regions";
  reject(context, ["alarms", "topicArn"], topicArn, allowed);
};

/** Ids are those of one region, and the fleet of another region would look for them in vain. */
const idsAreOfOneRegion: Rule = ({ account, regions, vpc, clients = [] }, context) => {
  if (regions === undefined && account === undefined) return;
  const places = [...(vpc === undefined ? [] : [vpc]), ...clients.map(({ vpc }) => vpc)];
  requireOneRegion(regions, regions ?? DEFAULT_REGIONS[account!], places, context);
};

/** Of a VPC to be made for a client, as many zones are chosen among those of the proxies. */
const zonesAreEnough: Rule = ({ vpc, clients = [] }, context) => {
  if (vpc === undefined || !("vpcId" in vpc)) return;
  requireZones(vpc.privateSubnetIds.length, "vpc.privateSubnetIds", clients, context);
};

/** Its resolver is the proxies', too: they would find no web site, and no new task its image. */
const proxiesResolveNames: Rule = ({ vpc, clients = [] }, context) => {
  if (vpc === undefined || !("vpcId" in vpc)) return;
  clients.forEach((client, index) => {
    if (!("vpcId" in client.vpc) || client.vpc.vpcId !== vpc.vpcId) return;
    if (client.publicDns !== "blocked") return;
    const allowed = '"allowed" in the VPC of the proxies, which need its resolver';
    reject(context, ["clients", index, "publicDns"], client.publicDns, allowed);
  });
};

const RULES = [
  onlyInAccount,
  domainIsInOrdinaryAccount,
  imageIsElsewhere,
  securityGroupsAreApart,
  consumersAreNoClients,
  consumersAreOfARegion,
  namesAreAmongBlocked,
  networksAreApart,
  idsAreOfOneRegion,
  zonesAreEnough,
  proxiesResolveNames,
  flowsFitInTask,
  receiversHaveAlarms,
  topicIsInRegion,
];
