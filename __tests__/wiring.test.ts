import path from "node:path";
import { settingsJsonSchema } from "../src/configuration/settings";
import {
  EXISTING_SERVICE_VPC,
  EXISTING_VPC,
  PRIVATE_DNS,
  PUBLISHED_URI,
  synthFleet,
} from "./helpers/fleet";
import { expectGolden } from "./helpers/golden";
import { difference, lines, merged, settingPaths } from "./helpers/wiring";

/*
 * What the stack makes of the settings, in files for people to review: whole fleets, and for each
 * setting every line that it changes. After a change that is meant,
 * `UPDATE_GOLDEN=1 npx jest __tests__/wiring.test.ts` writes them anew, and `git diff` shows it.
 */

/** The fleet in which a setting changes something; the defaults, unless it says otherwise. */
interface Case {
  readonly base?: object;
  readonly settings: object;
}

const STANDARD = { account: "standard" };
const GITHUB = { repository: "example/proxy-fleet", oidcProvider: "existing" };
const IN_EXISTING_VPC = { regions: ["us-east-1"], vpc: EXISTING_SERVICE_VPC };
const CONSUMER = { name: "partner", endpointId: "vpce-0123456789abcdef0" };
const WAIVER = {
  rule: "imdsv2",
  resource: "aws_instance.client_client_instance",
  message: "http_tokens is not set",
  reason: "An old agent",
};

/** A value other than the default for every setting, by its path in the schema. */
const CASES: Record<string, Case> = {
  account: { settings: STANDARD },
  "regions[]": { settings: { regions: ["us-west-2"] } },
  name: { settings: { name: "web" } },
  "tags.*": { settings: { tags: { CostCentre: "4711" } } },
  deletionProtection: { settings: { deletionProtection: "on" } },
  permissionsBoundary: {
    base: STANDARD,
    settings: { permissionsBoundary: "arn:aws:iam::123456789012:policy/proxy-boundary" },
  },
  "vpc.cidr": { settings: { vpc: { cidr: "10.9.0.0/16" } } },
  "vpc.azs": { settings: { vpc: { azs: 1 } } },
  "vpc.natGateways": { settings: { vpc: { natGateways: "single" } } },
  "vpc.id": { settings: IN_EXISTING_VPC },
  "vpc.privateSubnetIds[]": {
    base: IN_EXISTING_VPC,
    settings: {
      vpc: { ...EXISTING_SERVICE_VPC, privateSubnetIds: ["subnet-0123456789abcdef4"] },
    },
  },
  "vpc.s3EndpointId": {
    base: IN_EXISTING_VPC,
    settings: { vpc: { ...EXISTING_SERVICE_VPC, s3EndpointId: "vpce-0123456789abcdef2" } },
  },
  "image.uri": { settings: { image: { uri: PUBLISHED_URI } } },
  "service.cpu": { base: { service: { memoryMiB: 1024 } }, settings: { service: { cpu: 512 } } },
  "service.memoryMiB": { settings: { service: { memoryMiB: 1024 } } },
  "service.cpuArchitecture": { settings: { service: { cpuArchitecture: "ARM64" } } },
  "service.desiredCount": { settings: { service: { desiredCount: 4 } } },
  "service.minCapacity": { settings: { service: { minCapacity: 3 } } },
  "service.maxCapacity": { settings: { service: { maxCapacity: 20 } } },
  "service.targetCpuPercent": { settings: { service: { targetCpuPercent: 60 } } },
  "service.targetFlowsPerTask": { settings: { service: { targetFlowsPerTask: 200 } } },
  "service.scaleInCooldownSeconds": { settings: { service: { scaleInCooldownSeconds: 301 } } },
  "service.scaleOutCooldownSeconds": { settings: { service: { scaleOutCooldownSeconds: 61 } } },
  "service.onDemandBase": {
    base: { service: { spotWeight: 1 } },
    settings: { service: { onDemandBase: 2 } },
  },
  "service.spotWeight": { settings: { service: { spotWeight: 3 } } },
  "service.healthCheckGracePeriodSeconds": {
    settings: { service: { healthCheckGracePeriodSeconds: 61 } },
  },
  "service.containerInsights": { settings: { service: { containerInsights: "enhanced" } } },
  "service.logRetentionDays": { settings: { service: { logRetentionDays: 30 } } },
  "proxy.domainFilter": { settings: { proxy: { domainFilter: "report" } } },
  "proxy.sniCheck": { settings: { proxy: { sniCheck: "on" } } },
  "proxy.cache": { settings: { proxy: { cache: "shared" } } },
  "proxy.httpPorts[]": { settings: { proxy: { httpPorts: [80, 8080] } } },
  "proxy.connectPorts[]": { settings: { proxy: { connectPorts: [443, 8443] } } },
  "proxy.maxConnectionsPerClient": { settings: { proxy: { maxConnectionsPerClient: 99 } } },
  "proxy.maxRequestHeadKiB": { settings: { proxy: { maxRequestHeadKiB: 12 } } },
  "proxy.maxReplyHeadKiB": { settings: { proxy: { maxReplyHeadKiB: 20 } } },
  "proxy.receiveBufferKiB": { settings: { proxy: { receiveBufferKiB: 96 } } },
  "proxy.privateCidrs[]": { settings: { proxy: { privateCidrs: ["10.9.0.0/24"] } } },
  "loadBalancer.ingressCidrs[]": { settings: { loadBalancer: { ingressCidrs: ["10.9.0.0/16"] } } },
  "endpointService.allowedPrincipals[]": {
    settings: { endpointService: { allowedPrincipals: ["arn:aws:iam::123456789012:root"] } },
  },
  "endpointService.regions[]": { settings: { endpointService: { regions: ["eu-west-1"] } } },
  "endpointService.acceptance": { settings: { endpointService: { acceptance: "explicit" } } },
  "endpointService.privateDnsName": {
    base: STANDARD,
    settings: { endpointService: PRIVATE_DNS },
  },
  "endpointService.publicZoneId": {
    base: { ...STANDARD, endpointService: PRIVATE_DNS },
    settings: { endpointService: { ...PRIVATE_DNS, publicZoneId: "Z0123456789ABCDEFGHIK" } },
  },
  dnsName: { settings: { dnsName: "none" } },
  dashboard: { settings: { dashboard: "on" } },
  "alarms.mode": { settings: { alarms: { mode: "on" } } },
  "alarms.email[]": {
    base: STANDARD,
    settings: { alarms: { email: ["on-call@example.com"] } },
  },
  "alarms.topicArn": {
    base: STANDARD,
    settings: { alarms: { topicArn: "arn:aws:sns:{region}:123456789012:on-call" } },
  },
  "clients[].name": { settings: { clients: [{ name: "office" }] } },
  "clients[].cidr": { settings: { clients: [{ cidr: "172.17.0.0/16" }] } },
  // More than the service VPC has, so that the region must have as many.
  "clients[].azs": { settings: { clients: [{ azs: 3 }] } },
  "clients[].instanceType": { settings: { clients: [{ instanceType: "none" }] } },
  "clients[].vpcId": { settings: { regions: ["us-east-1"], clients: [EXISTING_VPC] } },
  "clients[].subnetIds[]": {
    base: { regions: ["us-east-1"], clients: [EXISTING_VPC] },
    settings: { clients: [{ ...EXISTING_VPC, subnetIds: ["subnet-0123456789abcdef2"] }] },
  },
  "clients[].allowedCidrs[]": {
    base: { regions: ["us-east-1"], clients: [EXISTING_VPC] },
    settings: { clients: [{ ...EXISTING_VPC, allowedCidrs: ["10.9.0.0/16"] }] },
  },
  "clients[].allowedSecurityGroupIds[]": {
    base: { regions: ["us-east-1"], clients: [EXISTING_VPC] },
    settings: {
      clients: [{ ...EXISTING_VPC, allowedSecurityGroupIds: ["sg-0123456789abcdef0"] }],
    },
  },
  "clients[].publicDns": { settings: { clients: [{ publicDns: "blocked" }] } },
  "clients[].allowedDns[]": {
    base: STANDARD,
    settings: { clients: [{ allowedDns: ["*.example.com", "db.example.com"] }] },
  },
  "clients[].rules": { settings: { clients: [{ rules: "office" }] } },
  "consumers[].name": { settings: { consumers: [CONSUMER] } },
  "consumers[].endpointId": { settings: { consumers: [CONSUMER] } },
  "consumers[].region": {
    base: { endpointService: { acceptance: "explicit" } },
    settings: { consumers: [{ ...CONSUMER, region: "us-east-1" }] },
  },
  "consumers[].rules": { settings: { consumers: [{ ...CONSUMER, rules: "office" }] } },
  unknownClients: { settings: { unknownClients: "deny" } },
  "ruleSets.*": { settings: { ruleSets: { default: { domainFilter: "report" } } } },
  // Read by the stack of GitHub's roles alone.
  "github.repository": { base: STANDARD, settings: { github: GITHUB } },
  "github.oidcProvider": { base: STANDARD, settings: { github: GITHUB } },
  "github.rulesPreview": {
    base: STANDARD,
    settings: { github: { ...GITHUB, rulesPreview: "on" } },
  },
  // Read by the gate alone.
  "policy.waivers[].rule": { settings: { policy: { waivers: [WAIVER] } } },
  "policy.waivers[].resource": { settings: { policy: { waivers: [WAIVER] } } },
  "policy.waivers[].message": { settings: { policy: { waivers: [WAIVER] } } },
  "policy.waivers[].reason": { settings: { policy: { waivers: [WAIVER] } } },
};

const file = (name: string) => path.join(__dirname, "wiring", `${name}.txt`);

test.each([
  ["learner-lab", {}],
  ["standard", STANDARD],
])("the whole fleet in a %s account", (name, settings) => {
  expectGolden(file(name), `${lines(synthFleet(settings)).join("\n")}\n`);
});

test("every setting of the schema has a case", () => {
  expect(Object.keys(CASES).sort()).toEqual(settingPaths(settingsJsonSchema()).sort());
});

test("what each setting changes", () => {
  const sections = Object.entries(CASES).map(([setting, { base = {}, settings }]) => {
    const changed = difference(lines(synthFleet(base)), lines(synthFleet(merged(base, settings))));
    return [`${setting}: ${JSON.stringify(settings)}`, ...changed].join("\n  ");
  });
  expectGolden(file("settings"), `${sections.join("\n\n")}\n`);
}, 120_000);
