import { Testing } from "cdktf";
import { STACK_ID } from "../../src/fleet/names";
import { ProxyFleet } from "../../src/proxy-fleet";
import { parseSettings } from "../../src/configuration/settings";
import type { StateSettings } from "../../src/fleet/stack/backend";
import type { Rules } from "../../src/fleet/rules/rule-set";
import { emptyRules } from "./rules";
import { synth, type TerraformJson } from "./synth";

export const PUBLISHED_URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/squid:1";

/** What a client's settings say of a VPC that is there. */
export const EXISTING_VPC = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
};

const OTHER_VPC = { ...EXISTING_VPC, vpcId: "vpc-0123456789abcdef9" };

/** What the settings say of a service VPC that is there. */
export const EXISTING_SERVICE_VPC = {
  id: "vpc-0123456789abcdef1",
  privateSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
  s3EndpointId: "vpce-0123456789abcdef1",
};

/** What the settings say of a private DNS name. */
export const PRIVATE_DNS = {
  privateDnsName: "proxy.example.com",
  publicZoneId: "Z0123456789ABCDEFGHIJ",
};

/** One fleet for each choice that changes what is synthesised. */
export const FLEETS: Record<string, unknown> = {
  defaults: {},
  "ordinary account": { account: "standard" },
  "lab with guard": { deletionProtection: "on" },
  "bounded roles": {
    account: "standard",
    permissionsBoundary: "arn:aws:iam::123456789012:policy/proxy-boundary",
  },
  ARM64: { service: { cpuArchitecture: "ARM64" } },
  "published image": { image: { uri: PUBLISHED_URI } },
  "published image in an ordinary account": { account: "standard", image: { uri: PUBLISHED_URI } },
  "three client zones": { clients: [{ azs: 3 }] },
  "single NAT gateway": { vpc: { natGateways: "single", azs: 3 } },
  "Spot, insights": {
    service: { onDemandBase: 2, spotWeight: 3, containerInsights: "enhanced" },
  },
  "clients with equal networks, one without instance": {
    clients: [{ name: "lab" }, { name: "office-2", instanceType: "none" }],
  },
  "no clients": { clients: [] },
  "no name of its own": { dnsName: "none" },
  "clients that are there, one of which says who may": {
    regions: ["us-east-1"],
    clients: [
      { name: "lab" },
      { name: "office", ...EXISTING_VPC },
      { name: "plant", ...OTHER_VPC, allowedSecurityGroupIds: ["sg-0123456789abcdef0"] },
    ],
    endpointService: { acceptance: "explicit" },
  },
  "in a VPC that is there, watched": {
    account: "standard",
    regions: ["us-east-1"],
    vpc: EXISTING_SERVICE_VPC,
    proxy: { privateCidrs: ["10.9.0.0/16"] },
    clients: [
      { name: "lab", azs: 2 },
      { name: "office", ...EXISTING_VPC },
    ],
  },
  "in a VPC that is there, without zones to choose": {
    regions: ["us-east-1"],
    vpc: EXISTING_SERVICE_VPC,
    clients: [],
  },
  "a private DNS name": {
    account: "standard",
    endpointService: { acceptance: "explicit", ...PRIVATE_DNS },
  },
  "report mode, more ports, internal sites": {
    proxy: {
      domainFilter: "report",
      sniCheck: "on",
      httpPorts: [],
      connectPorts: [443, 8443],
      privateCidrs: ["10.9.0.0/16"],
      cache: "shared",
      maxConnectionsPerClient: 20,
      maxRequestHeadKiB: 32,
      maxReplyHeadKiB: 8,
      receiveBufferKiB: 64,
    },
  },
  "watched by email": { account: "standard", alarms: { email: ["on-call@example.com"] } },
  "watched lab": {
    dashboard: "on",
    alarms: { mode: "on", topicArn: "arn:aws:sns:{region}:123456789012:on-call" },
    service: { containerInsights: "enabled" },
  },
  "other accounts": {
    endpointService: {
      allowedPrincipals: ["arn:aws:iam::123456789012:root"],
      acceptance: "explicit",
      regions: ["eu-west-1"],
    },
    consumers: [{ name: "abroad", endpointId: "vpce-0123456789abcdef0", region: "us-west-2" }],
    loadBalancer: { ingressCidrs: ["10.9.0.0/16"] },
  },
};

/** Synthesises the whole fleet from settings as a user writes them. */
export function synthFleet(...fleet: Parameters<typeof makeFleet>): TerraformJson {
  return synth(makeFleet(...fleet));
}

/**
 * The fleet's stack from settings as a user writes them.
 *
 * @param rules the rules; without them, those of each set that the settings name list nothing.
 */
export function makeFleet(
  settings: unknown = {},
  state: StateSettings = { kind: "local" },
  rules?: Rules,
): ProxyFleet {
  const parsed = parseSettings(settings);
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  const { settings: fleet } = parsed;
  return new ProxyFleet(Testing.app(), STACK_ID, {
    settings: fleet,
    rules: rules ?? emptyRules(fleet),
    state,
  });
}
