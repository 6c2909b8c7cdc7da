import { admittedRegions, parseSettings, type Settings } from "../../src/configuration/settings";
import { strayContextKeys } from "../../src/configuration/stray-keys";
import { EXISTING_SERVICE_VPC, EXISTING_VPC, PRIVATE_DNS } from "../helpers/fleet";

function settingsOf(input: unknown): Settings {
  const parsed = parseSettings(input);
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return parsed.settings;
}

function mistakesOf(input: unknown): string[] {
  const parsed = parseSettings(input);
  return "mistakes" in parsed ? parsed.mistakes : [];
}

const IN_ONE_REGION = { regions: ["us-east-1"] };
const TOPIC = "arn:aws:sns:{region}:123456789012:on-call";

test("nothing set gives the fleet of the original requirement", () => {
  expect(settingsOf({})).toEqual({
    account: "learner-lab",
    regions: ["us-east-1", "us-west-2"],
    name: "proxy",
    tags: {},
    deletionProtection: "off",
    vpc: { cidr: "10.0.0.0/16", azs: 2, natGateways: "one-per-az" },
    image: {},
    service: {
      cpu: 256,
      memoryMiB: 512,
      cpuArchitecture: "X86_64",
      desiredCount: 3,
      minCapacity: 2,
      maxCapacity: 10,
      targetCpuPercent: 75,
      scaleInCooldownSeconds: 300,
      scaleOutCooldownSeconds: 60,
      onDemandBase: 0,
      spotWeight: 0,
      healthCheckGracePeriodSeconds: 60,
      containerInsights: "disabled",
      logRetentionDays: 7,
    },
    proxy: {
      domainFilter: "enforce",
      sniCheck: "off",
      httpPorts: [80],
      connectPorts: [443],
      privateCidrs: [],
      cache: "off",
      maxRequestHeadKiB: 16,
      maxReplyHeadKiB: 16,
      receiveBufferKiB: 128,
    },
    loadBalancer: { ingressCidrs: [] },
    endpointService: { allowedPrincipals: [], acceptance: "automatic", regions: [] },
    dnsName: "proxy.internal",
    dashboard: "off",
    alarms: { mode: "off", email: [] },
    clients: [
      {
        name: "client",
        vpc: { cidr: "172.16.0.0/16", azs: 1 },
        publicDns: "allowed",
        allowedDns: [],
        instanceType: "t4g.small",
        rules: "default",
      },
    ],
    consumers: [],
    unknownClients: "default",
    ruleSets: {},
    policy: { waivers: [] },
  });
});

test("what is set stays, and the rest of its group keeps the defaults", () => {
  const { service, clients } = settingsOf({
    service: { cpu: 1024, memoryMiB: 2048 },
    clients: [{ name: "lab" }, { name: "office", cidr: "172.16.0.0/16", instanceType: "none" }],
  });
  expect(service).toMatchObject({ cpu: 1024, memoryMiB: 2048, desiredCount: 3 });
  expect(clients.map(({ vpc }) => vpc)).toEqual([
    { cidr: "172.16.0.0/16", azs: 1 },
    { cidr: "172.16.0.0/16", azs: 1 },
  ]);
});

test("public names are blocked by themselves in an ordinary account alone, and in no VPC that is there", () => {
  const { clients } = settingsOf({
    account: "standard",
    regions: ["us-east-1"],
    clients: [
      { name: "new" },
      { name: "open", publicDns: "allowed" },
      { name: "old", ...EXISTING_VPC },
    ],
  });
  expect(clients.map(({ publicDns }) => publicDns)).toEqual(["blocked", "allowed", "allowed"]);
});

test("a client may be in a VPC that is there, which gets no instance", () => {
  const allowed = { allowedSecurityGroupIds: ["sg-22345678", "sg-12345678"] };
  const { clients } = settingsOf({
    ...IN_ONE_REGION,
    clients: [EXISTING_VPC, { name: "office", ...EXISTING_VPC, ...allowed, vpcId: "vpc-01234567" }],
  });
  expect(clients).toEqual([
    {
      name: "client",
      vpc: EXISTING_VPC,
      publicDns: "allowed",
      allowedDns: [],
      instanceType: "none",
      rules: "default",
    },
    expect.objectContaining({
      vpc: {
        ...EXISTING_VPC,
        vpcId: "vpc-01234567",
        allowed: [{ securityGroupId: "sg-12345678" }, { securityGroupId: "sg-22345678" }],
      },
    }),
  ]);
});

test("the proxy has one name in all client VPCs, unless nobody wants it", () => {
  expect(settingsOf({ dnsName: "proxy.example.com" }).dnsName).toBe("proxy.example.com");
  expect(settingsOf({ dnsName: "none" }).dnsName).toBeUndefined();
});

test("an ordinary account admits the regions that AWS enables by default", () => {
  const { regions } = settingsOf({ account: "standard" });
  expect(regions).toContain("eu-west-1");
  expect(regions).toHaveLength(17);
});

test("what is hard to replace is guarded, but in a lab, unless the settings say otherwise", () => {
  const protection = (settings: object) => settingsOf(settings).deletionProtection;
  expect(protection({ account: "standard" })).toBe("on");
  expect(protection({ account: "standard", deletionProtection: "off" })).toBe("off");
  expect(protection({ deletionProtection: "on" })).toBe("on");
});

test("dashboard and alarms are on, but in a lab, unless the settings say otherwise", () => {
  const watched = (settings: object) => {
    const { dashboard, alarms } = settingsOf(settings);
    return [dashboard, alarms.mode];
  };
  expect(watched({ account: "standard" })).toEqual(["on", "on"]);
  expect(watched({ dashboard: "on" })).toEqual(["on", "off"]);
  expect(watched({ account: "standard", alarms: { mode: "off" } })).toEqual(["on", "off"]);
  expect(watched({ alarms: { mode: "on", email: ["a@example.com"] } })).toEqual(["off", "on"]);
});

test("a topic with a region is taken where the fleet lives in no other", () => {
  const topicArn = TOPIC.replace("{region}", "eu-west-1");
  const settings = { account: "standard", regions: ["eu-west-1"], alarms: { topicArn } };
  expect(settingsOf(settings).alarms).toEqual({ mode: "on", email: [], topicArn });
});

test.each([
  "example/proxy-fleet",
  "example@123456/proxy-fleet@456789",
  "Example-Org/a.b_c-D",
  "user_company/x",
])("GitHub calls a repository %s", (repository) => {
  const github = { repository, oidcProvider: "existing" };
  expect(settingsOf({ account: "standard", github }).github).toEqual({
    ...github,
    rulesPreview: "off",
  });
});

test("a rule may be waived at several resources, and a resource from several rules", () => {
  const waiver = {
    rule: "tagged",
    resource: "aws_vpc.client",
    message: "has no tag Name",
    reason: "named by its owner",
  };
  const waivers = [
    waiver,
    { ...waiver, resource: "aws_vpc.service" },
    { ...waiver, message: "has no tag Name (2)" },
    { ...waiver, rule: "imdsv2" },
  ];
  expect(settingsOf({ policy: { waivers } }).policy.waivers).toEqual(waivers);
});

test("the order in which a set is written makes no difference", () => {
  const cidrs = ["10.9.0.0/16", "10.8.0.0/16"];
  const settings = (ingressCidrs: string[]) => settingsOf({ loadBalancer: { ingressCidrs } });
  expect(settings(cidrs)).toEqual(settings([...cidrs].reverse()));
  const { httpPorts } = settingsOf({ proxy: { httpPorts: [8080, 80, 443, 1080] } }).proxy;
  expect(httpPorts).toEqual([80, 443, 1080, 8080]);
});

test("the proxy may have no plain HTTP, a port in both lists, and all of a private range", () => {
  const proxy = {
    domainFilter: "report",
    sniCheck: "on",
    httpPorts: [],
    connectPorts: Array.from({ length: 20 }, (_, index) => 443 + index),
    privateCidrs: ["100.64.0.0/10", "172.16.0.0/12", "192.168.1.5/32"],
    cache: "shared",
    maxConnectionsPerClient: 400,
    maxRequestHeadKiB: 64,
    maxReplyHeadKiB: 4,
    receiveBufferKiB: 1024,
  };
  expect(settingsOf({ proxy }).proxy).toEqual(proxy);
  const both = { httpPorts: [1, 443, 65535], connectPorts: [443, 3130] };
  expect(settingsOf({ proxy: both }).proxy).toMatchObject(both);
});

describe("every mistake names its path, what was given and what is allowed", () => {
  const principal = "arn:aws:iam::123456789012:root";
  const waiver = {
    rule: "imdsv2",
    resource: "aws_instance.a",
    message: "http_tokens is not set",
    reason: "an old appliance",
  };
  test.each<[string, unknown, string]>([
    ["no object", [], "proxy-fleet: [] is not allowed. Allowed: an object."],
    ["a typo", { servce: {} }, 'proxy-fleet: "servce" is not a setting. Did you mean "service"?'],
    ["an invention", { xyz: 1 }, 'proxy-fleet: "xyz" is not a setting. Known here: account, '],
    [
      "a nested typo",
      { vpc: { cdir: "" } },
      'proxy-fleet.vpc: "cdir" is not a setting. Did you mean "cidr"?',
    ],
    [
      "a wrong type",
      { vpc: { azs: "2" } },
      'proxy-fleet.vpc.azs: "2" is not allowed. Allowed: a whole number from 1 to 6.',
    ],
    ["a fraction", { vpc: { azs: 1.5 } }, "proxy-fleet.vpc.azs: 1.5 is not allowed."],
    [
      "a range",
      { service: { targetCpuPercent: 95 } },
      "proxy-fleet.service.targetCpuPercent: 95 is not allowed. Allowed: a whole number from 10 to 90.",
    ],
    [
      "a choice",
      { account: "lab" },
      'proxy-fleet.account: "lab" is not allowed. Allowed: "learner-lab" or "standard".',
    ],
    [
      "a region",
      { regions: ["mars"] },
      'proxy-fleet.regions[0]: "mars" is not allowed. Allowed: a commercial AWS region such as us-east-1.',
    ],
    [
      "a mistyped region",
      { regions: ["eu-centrl-1"] },
      'proxy-fleet.regions[0]: "eu-centrl-1" is not allowed. Allowed: "eu-central-1", which is the nearest region.',
    ],
    [
      "no region",
      { regions: [] },
      "proxy-fleet.regions: [] is not allowed. Allowed: at least one region.",
    ],
    [
      "a region of another account",
      { regions: ["eu-west-1"] },
      'Allowed: in a Learner Lab: "us-east-1" or "us-west-2"; other regions need "account": "standard".',
    ],
    [
      "bounds of roles that a lab does not have",
      { permissionsBoundary: "arn:aws:iam::123456789012:policy/proxy-boundary" },
      'proxy-fleet.permissionsBoundary: "arn:aws:iam::123456789012:policy/proxy-boundary" is not allowed. ' +
        'Allowed: only with "account": "standard"',
    ],
    ...[
      "proxy-boundary",
      "arn:aws:iam::123456789012:role/x",
      "arn:aws:iam::1234:policy/x",
      "arn:aws:iam::aws:policy/AdministratorAccess",
    ].map((permissionsBoundary): [string, unknown, string] => [
      `a permissions boundary called ${permissionsBoundary}`,
      { account: "standard", permissionsBoundary },
      "Allowed: the ARN of an IAM policy of the account's own, such as arn:aws:iam::123456789012:policy/proxy-boundary.",
    ]),
    [
      "roles for GitHub that a lab does not have",
      { github: { repository: "example/proxy-fleet", oidcProvider: "create" } },
      'Allowed: only with "account": "standard"; a Learner Lab cannot create IAM roles.',
    ],
    [
      "an OIDC provider of which nobody has said whether there is one",
      { account: "standard", github: { repository: "example/proxy-fleet" } },
      'proxy-fleet.github.oidcProvider: is missing. Allowed: "existing" if the account has GitHub\'s OIDC provider',
    ],
    ...[
      "proxy-fleet",
      "example/",
      "/proxy-fleet",
      "example/proxy-fleet/x",
      "example/*",
      "*/proxy-fleet",
      "example/proxy fleet",
      "example/proxy-fleet:pull_request",
      "example/proxy-fleet.git",
      "example@1/proxy-fleet.git@2",
      "example@1/proxy-fleet",
      "example/proxy-fleet@1",
      "example@x/proxy-fleet@1",
      "https://github.com/example/proxy-fleet",
      "example/proxy-fleet\n",
    ].map((repository): [string, unknown, string] => [
      `a repository called ${JSON.stringify(repository)}`,
      { account: "standard", github: { repository, oidcProvider: "create" } },
      `proxy-fleet.github.repository: ${JSON.stringify(repository)} is not allowed. Allowed: the repository as GitHub's tokens name it`,
    ]),
    [
      "a name's form",
      { name: "Proxy" },
      'proxy-fleet.name: "Proxy" is not allowed. Allowed: lower-case letters',
    ],
    [
      "a name AWS reserves",
      { name: "internal-x" },
      'proxy-fleet.name: "internal-x" is not allowed.',
    ],
    ["a name for a security group", { name: "sg" }, 'proxy-fleet.name: "sg" is not allowed.'],
    ["a long name", { name: "a".repeat(29) }, "28 characters at most"],
    [
      "CIDR syntax",
      { vpc: { cidr: "10.0.0.0" } },
      'proxy-fleet.vpc.cidr: "10.0.0.0" is not allowed. Allowed: an IPv4 network',
    ],
    ["host bits", { vpc: { cidr: "10.0.0.1/16" } }, "with no host bits set"],
    ["a VPC too large", { vpc: { cidr: "10.0.0.0/8" } }, "Allowed: a prefix from /16"],
    [
      "public address space",
      { vpc: { cidr: "8.8.0.0/16" } },
      "Allowed: a network inside 10.0.0.0/8",
    ],
    [
      "zones without room",
      { vpc: { cidr: "10.0.0.0/22", azs: 3 } },
      "room for the 6 /24 subnets of 3 availability zones, this one holds 4",
    ],
    [
      "client zones without room",
      { clients: [{ cidr: "172.16.0.0/24", azs: 2 }] },
      "proxy-fleet.clients[0].cidr",
    ],
    ["too many zones", { clients: [{ azs: 7 }] }, "proxy-fleet.clients[0].azs: 7 is not allowed."],
    [
      "a service without NAT",
      { vpc: { natGateways: "none" } },
      'Allowed: "one-per-az" or "single".',
    ],
    [
      "a moving image",
      { image: { uri: "registry.example/squid:latest" } },
      "not :latest, which names a different image every day",
    ],
    [
      "an image without a tag",
      { image: { uri: "registry.example/squid" } },
      "proxy-fleet.image.uri",
    ],
    [
      "a Fargate CPU size",
      { service: { cpu: 300 } },
      "proxy-fleet.service.cpu: 300 is not allowed. Allowed: 256, 512, 1024, 2048, 4096, 8192 or 16384.",
    ],
    [
      "a Fargate pair",
      { service: { cpu: 512 } },
      "proxy-fleet.service.memoryMiB: 512 is not allowed. Allowed: with cpu 512: 1024, 2048, 3072 or 4096; the default is 512.",
    ],
    [
      "a minimum above the maximum",
      { service: { minCapacity: 11 } },
      "proxy-fleet.service.minCapacity: 11 is not allowed. Allowed: at most maxCapacity, which is 10.",
    ],
    [
      "connections at which an alarm rings",
      { service: { targetFlowsPerTask: 399 } },
      "proxy-fleet.service.targetFlowsPerTask: 399 is not allowed. Allowed: less than 399, at which the alarm flows-near-limit rings: 470 connections fit in a task with memoryMiB 512; the default is six tenths of them.",
    ],
    [
      "a desired count outside",
      { service: { desiredCount: 1 } },
      "proxy-fleet.service.desiredCount: 1 is not allowed. Allowed: from minCapacity to maxCapacity, which are 2 and 10; the default is 3.",
    ],
    [
      "a retention that CloudWatch lacks",
      { service: { logRetentionDays: 8 } },
      "proxy-fleet.service.logRetentionDays: 8 is not allowed. Allowed: 1, 3, 5, 7,",
    ],
    [
      "everyone",
      { loadBalancer: { ingressCidrs: ["0.0.0.0/0"] } },
      "the proxy is never open to everyone",
    ],
    [
      "networks that overlap",
      { loadBalancer: { ingressCidrs: ["10.9.0.0/16", "10.9.1.0/24"] } },
      "networks that do not overlap; 10.9.0.0/16 does",
    ],
    [
      "networks twice",
      { loadBalancer: { ingressCidrs: ["10.9.0.0/16", "10.9.0.0/16"] } },
      "Allowed: each entry once.",
    ],
    [
      "a network around the VPC",
      { loadBalancer: { ingressCidrs: ["10.0.0.0/8"] } },
      "networks inside the service VPC (10.0.0.0/16) or outside it",
    ],
    [
      "a domain filter",
      { proxy: { domainFilter: "off" } },
      'proxy-fleet.proxy.domainFilter: "off" is not allowed. Allowed: "enforce" or "report".',
    ],
    [
      "a switch",
      { proxy: { sniCheck: true } },
      'proxy-fleet.proxy.sniCheck: true is not allowed. Allowed: "off" or "on".',
    ],
    [
      "a cache",
      { proxy: { cache: "on" } },
      'proxy-fleet.proxy.cache: "on" is not allowed. Allowed: "off" or "shared".',
    ],
    [
      "no connections",
      { proxy: { maxConnectionsPerClient: 0 } },
      "proxy-fleet.proxy.maxConnectionsPerClient: 0 is not allowed. Allowed: a whole number from 1 to 16000.",
    ],
    [
      "heads beyond what Squid reads",
      { proxy: { maxRequestHeadKiB: 65 } },
      "proxy-fleet.proxy.maxRequestHeadKiB: 65 is not allowed. Allowed: a whole number from 4 to 64.",
    ],
    [
      "a buffer as text",
      { proxy: { receiveBufferKiB: "128" } },
      'proxy-fleet.proxy.receiveBufferKiB: "128" is not allowed. Allowed: a whole number from 16 to 4096.',
    ],
    [
      "a port beyond the last",
      { proxy: { httpPorts: [80, 65536] } },
      "proxy-fleet.proxy.httpPorts[1]: 65536 is not allowed. Allowed: a whole number from 1 to 65535.",
    ],
    ["a port before the first", { proxy: { httpPorts: [0] } }, "httpPorts[0]: 0 is not allowed."],
    ["a port as text", { proxy: { httpPorts: ["80"] } }, 'httpPorts[0]: "80" is not allowed.'],
    [
      "one port",
      { proxy: { connectPorts: 443 } },
      "proxy-fleet.proxy.connectPorts: 443 is not allowed. Allowed: a list of TCP ports.",
    ],
    [
      "a port twice",
      { proxy: { connectPorts: [443, 443] } },
      "proxy-fleet.proxy.connectPorts: [443,443] is not allowed. Allowed: each entry once.",
    ],
    [
      "the proxy's own port",
      { proxy: { connectPorts: [443, 3128] } },
      "proxy-fleet.proxy.connectPorts[1]: 3128 is not allowed. Allowed: any TCP port but 3128 and 3129, on which the proxy itself listens.",
    ],
    [
      "the port of the health check",
      { proxy: { httpPorts: [3129] } },
      "proxy-fleet.proxy.httpPorts[0]: 3129 is not allowed. Allowed: any TCP port but 3128 and 3129,",
    ],
    [
      "mail in a tunnel",
      { proxy: { connectPorts: [25] } },
      "proxy-fleet.proxy.connectPorts[0]: 25 is not allowed. Allowed: any TCP port but 25: AWS blocks mail (SMTP) to the Internet.",
    ],
    ["mail as HTTP", { proxy: { httpPorts: [25] } }, "httpPorts[0]: 25 is not allowed."],
    [
      "tunnels without TLS that the SNI check would refuse",
      { proxy: { sniCheck: "on", connectPorts: [443, 80] } },
      'proxy-fleet.proxy.connectPorts: 80 is not allowed. Allowed: with sniCheck "on", ports where connections begin with TLS; here they begin with HTTP, which the check refuses.',
    ],
    [
      "no port for tunnels",
      { proxy: { connectPorts: [] } },
      "proxy-fleet.proxy.connectPorts: [] is not allowed. Allowed: at least one port.",
    ],
    [
      "too many ports",
      { proxy: { httpPorts: Array.from({ length: 21 }, (_, index) => index + 80) } },
      "Allowed: at most 20 ports.",
    ],
    [
      "an internal site's address",
      { proxy: { privateCidrs: ["10.9.0.1"] } },
      'proxy-fleet.proxy.privateCidrs[0]: "10.9.0.1" is not allowed. Allowed: an IPv4 network',
    ],
    [
      "an internal network with host bits",
      { proxy: { privateCidrs: ["10.9.0.1/16"] } },
      "with no host bits set",
    ],
    [
      "a network of the Internet as internal",
      { proxy: { privateCidrs: ["8.8.8.0/24"] } },
      "Allowed: a network inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10: addresses of the Internet need no permission, and those of the host and its metadata never get one.",
    ],
    [
      "everything as internal",
      { proxy: { privateCidrs: ["0.0.0.0/0"] } },
      "Allowed: a network inside 10.0.0.0/8",
    ],
    [
      "the metadata service as internal",
      { proxy: { privateCidrs: ["169.254.169.254/32"] } },
      "those of the host and its metadata never get one",
    ],
    [
      "the proxy itself as internal",
      { proxy: { privateCidrs: ["127.0.0.0/8"] } },
      "those of the host and its metadata never get one",
    ],
    [
      "internal networks that overlap",
      { proxy: { privateCidrs: ["10.9.0.0/16", "10.9.1.0/24"] } },
      'proxy-fleet.proxy.privateCidrs: "10.9.1.0/24" is not allowed. Allowed: networks that do not overlap; 10.9.0.0/16 does.',
    ],
    [
      "the service VPC as internal",
      { proxy: { privateCidrs: ["10.0.0.0/16"] } },
      'proxy-fleet.proxy.privateCidrs: "10.0.0.0/16" is not allowed. Allowed: networks outside the service VPC (10.0.0.0/16): there are the proxies themselves and the load balancer,',
    ],
    [
      "a part of the service VPC as internal",
      { vpc: { cidr: "10.3.0.0/16" }, proxy: { privateCidrs: ["10.3.4.0/24"] } },
      "Allowed: networks outside the service VPC (10.3.0.0/16)",
    ],
    [
      "a network around the service VPC as internal",
      { proxy: { privateCidrs: ["10.0.0.0/8"] } },
      "Allowed: networks outside the service VPC (10.0.0.0/16)",
    ],
    [
      "a principal",
      { endpointService: { allowedPrincipals: ["123456789012"] } },
      'proxy-fleet.endpointService.allowedPrincipals[0]: "123456789012" is not allowed.',
    ],
    [
      "a role with a path",
      {
        endpointService: { allowedPrincipals: ["arn:aws:iam::123456789012:role/team/deployer"] },
      },
      'proxy-fleet.endpointService.allowedPrincipals[0]: "arn:aws:iam::123456789012:role/team/deployer" is not allowed. ' +
        "Allowed: roles and users without a path, as AWS refuses those with one here, or their whole account, " +
        "arn:aws:iam::123456789012:root.",
    ],
    [
      "a region that is none, to be opened",
      { endpointService: { regions: ["eu-wset-1"] } },
      'proxy-fleet.endpointService.regions[0]: "eu-wset-1" is not allowed. Allowed: "eu-west-1", which is the nearest region.',
    ],
    [
      "a consumer to be accepted in one of several regions",
      {
        endpointService: { acceptance: "explicit" },
        consumers: [{ name: "partner", endpointId: "vpce-01234567" }],
      },
      "proxy-fleet.consumers[0].region: is missing. Allowed: with explicit acceptance, the fleet's region to whose " +
        "service the endpoint connects: one of us-east-1, us-west-2.",
    ],
    [
      "a consumer to be accepted where there is no fleet",
      {
        regions: ["us-east-1"],
        endpointService: { acceptance: "explicit" },
        consumers: [{ name: "partner", endpointId: "vpce-01234567", region: "us-west-2" }],
      },
      'proxy-fleet.consumers[0].region: "us-west-2" is not allowed. Allowed: with explicit acceptance, the fleet\'s ' +
        'region to whose service the endpoint connects: "us-east-1".',
    ],
    [
      "everyone, unasked",
      { endpointService: { allowedPrincipals: ["*"] } },
      '"explicit" when allowedPrincipals has "*"',
    ],
    [
      "acceptance",
      { endpointService: { allowedPrincipals: [principal], acceptance: "manual" } },
      'Allowed: "automatic" or "explicit".',
    ],
    [
      "a client's name twice",
      { clients: [{}, {}] },
      'proxy-fleet.clients[1].name: "client" is not allowed. Allowed: a name that no other client has.',
    ],
    [
      "a client whose security group would be called as its endpoint's",
      { clients: [{ name: "proxy-endpoint" }] },
      "any other name: the endpoint's security group is proxy-endpoint-sg already",
    ],
    [
      "the bundles as a rule set",
      { clients: [{ rules: "bundles" }] },
      'proxy-fleet.clients[0].rules: "bundles" is not allowed. Allowed: the name of a folder in rules/: ',
    ],
    [
      "a consumer without an endpoint",
      { consumers: [{ name: "partner" }] },
      "proxy-fleet.consumers[0].endpointId: is missing. Allowed: the id of a VPC endpoint",
    ],
    [
      "an id that is no endpoint's",
      { consumers: [{ name: "partner", endpointId: "vpce-svc-0123456789abcdef0" }] },
      'proxy-fleet.consumers[0].endpointId: "vpce-svc-0123456789abcdef0" is not allowed. Allowed: the id of',
    ],
    [
      "a consumer's endpoint twice",
      {
        consumers: [
          { name: "one", endpointId: "vpce-01234567" },
          { name: "other", endpointId: "vpce-01234567" },
        ],
      },
      'proxy-fleet.consumers[1].endpointId: "vpce-01234567" is not allowed. Allowed: one that no other consumer has.',
    ],
    [
      "a consumer that is called like a client",
      { consumers: [{ name: "client", endpointId: "vpce-01234567" }] },
      'proxy-fleet.consumers[0].name: "client" is not allowed. Allowed: a name that no client has.',
    ],
    [
      "a client of the name that nobody has",
      { clients: [{ name: "unknown" }] },
      'and not "unknown", which stands for an endpoint that nobody has named',
    ],
    [
      "a consumer of the name that nobody has",
      { consumers: [{ name: "unknown", endpointId: "vpce-01234567" }] },
      'and not "unknown", which stands for an endpoint that nobody has named',
    ],
    [
      "another answer to unknown clients",
      { unknownClients: "allow" },
      'proxy-fleet.unknownClients: "allow" is not allowed. Allowed: "default" or "deny".',
    ],
    [
      "a rule set that does neither",
      { ruleSets: { office: { domainFilter: "off" } } },
      'proxy-fleet.ruleSets.office.domainFilter: "off" is not allowed. Allowed: "enforce" or "report".',
    ],
    [
      "a rule set that no folder can be",
      { ruleSets: { Office: { domainFilter: "report" } } },
      "proxy-fleet.ruleSets.Office is not allowed. Allowed: the name of a folder in rules/: ",
    ],
    [
      "an x86 client",
      { clients: [{ instanceType: "t3.small" }] },
      'proxy-fleet.clients[0].instanceType: "t3.small" is not allowed. Allowed: a Graviton',
    ],
    ...["proxy", "Proxy.internal", "proxy.internal.", "proxy.ec2.internal", "a.amazonaws.com"].map(
      (dnsName): [string, object, string] => [
        `the name ${dnsName}`,
        { dnsName },
        `proxy-fleet.dnsName: "${dnsName}" is not allowed. Allowed: a DNS name in small letters such as "proxy.internal"`,
      ],
    ),
    [
      "an id that is no VPC's",
      { ...IN_ONE_REGION, clients: [{ ...EXISTING_VPC, vpcId: "subnet-01234567" }] },
      'proxy-fleet.clients[0].vpcId: "subnet-01234567" is not allowed. Allowed: the id of a VPC such as',
    ],
    [
      "the networks of a VPC that is there",
      { ...IN_ONE_REGION, clients: [{ ...EXISTING_VPC, cidr: "172.16.0.0/16" }] },
      'proxy-fleet.clients[0].cidr: "172.16.0.0/16" is not allowed. Allowed: only without vpcId:',
    ],
    [
      "the zones of a VPC that is there",
      { ...IN_ONE_REGION, clients: [{ ...EXISTING_VPC, azs: 2 }] },
      "proxy-fleet.clients[0].azs: 2 is not allowed. Allowed: only without vpcId:",
    ],
    [
      "an instance in a VPC that is there",
      { ...IN_ONE_REGION, clients: [{ ...EXISTING_VPC, instanceType: "t4g.small" }] },
      'proxy-fleet.clients[0].instanceType: "t4g.small" is not allowed. Allowed: "none" with vpcId:',
    ],
    [
      "a VPC that is there without subnets",
      { ...IN_ONE_REGION, clients: [{ vpcId: EXISTING_VPC.vpcId }] },
      "proxy-fleet.clients[0].subnetIds: is missing. Allowed: with vpcId, a list of its subnets, one in each zone.",
    ],
    [
      "an empty list of subnets",
      { ...IN_ONE_REGION, clients: [{ ...EXISTING_VPC, subnetIds: [] }] },
      "proxy-fleet.clients[0].subnetIds: [] is not allowed. Allowed: at least one subnet.",
    ],
    [
      "networks and security groups at once",
      {
        ...IN_ONE_REGION,
        clients: [
          {
            ...EXISTING_VPC,
            allowedCidrs: ["10.0.0.0/8"],
            allowedSecurityGroupIds: ["sg-01234567"],
          },
        ],
      },
      "Allowed: either allowedCidrs or allowedSecurityGroupIds.",
    ],
    [
      "everyone at an endpoint",
      { ...IN_ONE_REGION, clients: [{ ...EXISTING_VPC, allowedCidrs: ["0.0.0.0/0"] }] },
      'proxy-fleet.clients[0].allowedCidrs[0]: "0.0.0.0/0" is not allowed. Allowed: a network of /8 or smaller',
    ],
    [
      "others in a VPC that is made",
      { clients: [{ allowedCidrs: ["10.0.0.0/8"] }] },
      'proxy-fleet.clients[0].allowedCidrs: ["10.0.0.0/8"] is not allowed. Allowed: only with vpcId,',
    ],
    [
      "a private DNS name without a zone",
      { account: "standard", endpointService: { privateDnsName: "proxy.example.com" } },
      "proxy-fleet.endpointService.publicZoneId: is missing. Allowed: with privateDnsName, the id of the public zone",
    ],
    [
      "a zone without a private DNS name",
      { account: "standard", endpointService: { publicZoneId: PRIVATE_DNS.publicZoneId } },
      'proxy-fleet.endpointService.publicZoneId: "Z0123456789ABCDEFGHIJ" is not allowed. Allowed: only with privateDnsName.',
    ],
    [
      "a wildcard for a private DNS name",
      {
        account: "standard",
        endpointService: { ...PRIVATE_DNS, privateDnsName: "*.example.com" },
      },
      'proxy-fleet.endpointService.privateDnsName: "*.example.com" is not allowed. Allowed: a DNS name in small letters',
    ],
    [
      "no zone",
      { account: "standard", endpointService: { ...PRIVATE_DNS, publicZoneId: "example.com" } },
      'proxy-fleet.endpointService.publicZoneId: "example.com" is not allowed. Allowed: the id of a Route 53 zone',
    ],
    [
      "a private DNS name in a lab",
      { endpointService: PRIVATE_DNS },
      'proxy-fleet.endpointService.privateDnsName: "proxy.example.com" is not allowed. Allowed: only with "account": "standard"; a Learner Lab owns no public domain.',
    ],
    [
      "one name for two zones",
      { account: "standard", dnsName: "proxy.example.com", endpointService: PRIVATE_DNS },
      'proxy-fleet.endpointService.privateDnsName: "proxy.example.com" is not allowed. Allowed: any other name than dnsName has;',
    ],
    [
      "both kinds of service VPC",
      { ...IN_ONE_REGION, vpc: { natGateways: "single", s3EndpointId: "vpce-01234567" } },
      'proxy-fleet.vpc: {"natGateways":"single","s3EndpointId":"vpce-01234567"} is not allowed. Allowed: either id, ' +
        "privateSubnetIds, s3EndpointId, for a VPC that is there already, or cidr, azs, natGateways, for one to be made.",
    ],
    [
      "the service VPC without its subnets",
      { ...IN_ONE_REGION, vpc: { ...EXISTING_SERVICE_VPC, privateSubnetIds: undefined } },
      "proxy-fleet.vpc.privateSubnetIds: is missing. Allowed: with id, a list of its private subnets, one in each zone.",
    ],
    [
      "the service VPC without its S3 endpoint",
      { ...IN_ONE_REGION, vpc: { ...EXISTING_SERVICE_VPC, s3EndpointId: undefined } },
      "proxy-fleet.vpc.s3EndpointId: is missing. Allowed: with id, the id of its gateway endpoint for S3.",
    ],
    [
      "subnets without their VPC",
      { ...IN_ONE_REGION, vpc: { ...EXISTING_SERVICE_VPC, id: undefined } },
      "proxy-fleet.vpc.id: is missing. Allowed: with privateSubnetIds and s3EndpointId, the id of their VPC.",
    ],
    [
      "no endpoint",
      { ...IN_ONE_REGION, vpc: { ...EXISTING_SERVICE_VPC, s3EndpointId: "pl-01234567" } },
      'proxy-fleet.vpc.s3EndpointId: "pl-01234567" is not allowed. Allowed: the id of a gateway endpoint such as vpce-',
    ],
    [
      "the service VPC's ids for two regions",
      { vpc: EXISTING_SERVICE_VPC },
      "proxy-fleet.regions: is missing. Allowed: one region alone: that of vpc-0123456789abcdef1.",
    ],
    [
      "a client in more zones than the service VPC's subnets are",
      { ...IN_ONE_REGION, vpc: EXISTING_SERVICE_VPC, clients: [{ azs: 3 }] },
      "proxy-fleet.clients[0].azs: 3 is not allowed. Allowed: at most 2, as many as vpc.privateSubnetIds has.",
    ],
    [
      "ids for two regions",
      { clients: [EXISTING_VPC] },
      "proxy-fleet.regions: is missing. Allowed: one region alone: that of vpc-0123456789abcdef0.",
    ],
    [
      "a tag key",
      { tags: { "aws:x": "1" } },
      "proxy-fleet.tags.aws:x is not allowed. Allowed: tag keys",
    ],
    [
      "a tag value",
      { tags: { a: "${b}" } },
      'proxy-fleet.tags.a: "${b}" is not allowed. Allowed: a tag value',
    ],
    [
      "the guard",
      { deletionProtection: true },
      'proxy-fleet.deletionProtection: true is not allowed. Allowed: "on" or "off".',
    ],
    [
      "addresses of which Terraform would make one",
      { account: "standard", alarms: { email: ["on-call@example.com", "on.call@example.com"] } },
      "Allowed: addresses that differ in more than punctuation.",
    ],
    [
      "an address for a name",
      { dnsName: "10.0.0.5" },
      'proxy-fleet.dnsName: "10.0.0.5" is not allowed. Allowed: a DNS name in small letters',
    ],
    [
      "a name of which others are below",
      { dnsName: "co.uk" },
      'proxy-fleet.dnsName: "co.uk" is not allowed. Allowed: no public suffix, whose names the zone would hide;',
    ],
    [
      "two clients in one VPC",
      { ...IN_ONE_REGION, clients: [EXISTING_VPC, { name: "office", ...EXISTING_VPC }] },
      `proxy-fleet.clients[1].vpcId: "${EXISTING_VPC.vpcId}" is not allowed. Allowed: a VPC that no other client has.`,
    ],
    [
      "proxies without names",
      {
        ...IN_ONE_REGION,
        account: "standard",
        vpc: EXISTING_SERVICE_VPC,
        clients: [{ ...EXISTING_VPC, vpcId: EXISTING_SERVICE_VPC.id, publicDns: "blocked" }],
      },
      'proxy-fleet.clients[0].publicDns: "blocked" is not allowed. Allowed: "allowed" in the VPC of the proxies,',
    ],
    [
      "no address of a person",
      { account: "standard", alarms: { email: ["on-call"] } },
      'proxy-fleet.alarms.email[0]: "on-call" is not allowed. Allowed: an email address such as on-call@example.com.',
    ],
    [
      "no topic",
      { account: "standard", alarms: { topicArn: "on-call" } },
      'proxy-fleet.alarms.topicArn: "on-call" is not allowed. Allowed: the ARN of an SNS topic, such as arn:aws:sns:{region}:123456789012:on-call.',
    ],
    [
      "a topic and addresses",
      { account: "standard", alarms: { email: ["a@example.com"], topicArn: TOPIC } },
      'proxy-fleet.alarms.email: ["a@example.com"] is not allowed. Allowed: either email or topicArn: ',
    ],
    [
      "somebody to tell, in a lab",
      { alarms: { email: ["a@example.com"] } },
      'proxy-fleet.alarms.email: ["a@example.com"] is not allowed. Allowed: only with "mode": "on"; a Learner Lab has no alarms by default.',
    ],
    [
      "a topic without alarms",
      { account: "standard", alarms: { mode: "off", topicArn: TOPIC } },
      `proxy-fleet.alarms.topicArn: "${TOPIC}" is not allowed. Allowed: only with "mode": "on"; "off" has no alarms.`,
    ],
    [
      "names to allow where all are",
      { account: "standard", clients: [{ publicDns: "allowed", allowedDns: ["db.example.com"] }] },
      'proxy-fleet.clients[0].allowedDns: ["db.example.com"] is not allowed. Allowed: only with "publicDns": "blocked"; without it the resolver answers for all names.',
    ],
    [
      "names to allow, in a lab",
      { clients: [{ allowedDns: ["db.example.com"] }] },
      'Allowed: only with "publicDns": "blocked"',
    ],
    ...[
      "*",
      "*.*.com",
      "a*.example.com",
      "DB.example.com",
      "db.example.com.",
      "-a.example.com",
    ].map((name): [string, object, string] => [
      `${name} as a name to allow`,
      { account: "standard", clients: [{ allowedDns: [name] }] },
      `proxy-fleet.clients[0].allowedDns[0]: "${name}" is not allowed. Allowed: names such as db.example.com, or *.example.com for all below it.`,
    ]),
    ...["*.com", "*.co.uk"].map((name): [string, object, string] => [
      `${name} as names to allow`,
      { account: "standard", clients: [{ allowedDns: [name] }] },
      `proxy-fleet.clients[0].allowedDns[0]: "${name}" is not allowed. Allowed: no names of a registry, where anybody can have one, and name servers that are told whatever is asked for.`,
    ]),
    [
      "a topic of one region for a fleet of several",
      { alarms: { mode: "on", topicArn: TOPIC.replace("{region}", "us-east-1") } },
      "Allowed: a topic in the fleet's own region: put {region} in place of the region, or name that one alone in regions.",
    ],
    [
      "a rule's typo",
      { policy: { waivers: [{ ...waiver, rule: "imdsv1" }] } },
      'proxy-fleet.policy.waivers[0].rule: "imdsv1" is not allowed. Allowed: "imdsv2", which is the nearest rule.',
    ],
    [
      "no rule",
      { policy: { waivers: [{ ...waiver, rule: "CKV_AWS_150" }] } },
      'Allowed: "readable", "no-open-ingress", "nothing-public", ',
    ],
    [
      "no address",
      { policy: { waivers: [{ ...waiver, resource: "*" }] } },
      'proxy-fleet.policy.waivers[0].resource: "*" is not allowed. Allowed: a Terraform address such as aws_lb.nlb',
    ],
    [
      "no message",
      { policy: { waivers: [{ ...waiver, message: undefined }] } },
      "Allowed: what npm run policy says of the resource, word for word.",
    ],
    [
      "no reason",
      { policy: { waivers: [{ ...waiver, reason: "  because   " }] } },
      "Allowed: a reason of at least 10 characters, for whoever reads the waiver later.",
    ],
    [
      "a waiver twice",
      { policy: { waivers: [waiver, { ...waiver, reason: "another reason" }] } },
      'proxy-fleet.policy.waivers[1]: {"rule":"imdsv2","resource":"aws_instance.a","message":"http_tokens is not set"} is not allowed. Allowed: one waiver for a violation.',
    ],
    [
      "a waiver's typo",
      { policy: { waivers: [{ ...waiver, resource: "aws_lb.nlb", because: "" }] } },
      'proxy-fleet.policy.waivers[0]: "because" is not a setting.',
    ],
  ])("%s", (_, input, message) => {
    const mistakes = mistakesOf(input);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(message);
  });
});

test("all mistakes come at once, those between groups too", () => {
  const mistakes = mistakesOf({
    regions: ["eu-west-1"],
    vpc: { azs: "two" },
    service: { cpus: 1, cpu: 512 },
    clients: [3, { name: "Lab" }],
    policy: { waivers: [{ rule: "imdsv1", resource: "aws_instance.a", message: "a", reason: "" }] },
  });
  expect(mistakes.map((mistake) => mistake.split(/:? /)[0])).toEqual([
    "proxy-fleet.vpc.azs",
    "proxy-fleet.service",
    "proxy-fleet.service.memoryMiB",
    "proxy-fleet.clients[0]",
    "proxy-fleet.clients[1].name",
    "proxy-fleet.policy.waivers[0].rule",
    "proxy-fleet.policy.waivers[0].reason",
    "proxy-fleet.regions",
  ]);
});

test("settings beside the fleet's key, or under a misspelt one, are not overlooked", () => {
  expect(strayContextKeys({ "proxy-fleet": {}, excludeStackIdFromLogicalIds: true })).toEqual([]);
  expect(strayContextKeys({ "proxy-flet": {}, account: "standard" })).toEqual([
    '"proxy-flet" is not read. Did you mean "proxy-fleet"?',
    '"account" belongs inside "proxy-fleet".',
  ]);
});

test("the regions are known even where another setting is wrong", () => {
  expect(admittedRegions({ nme: 1 })).toEqual(["us-east-1", "us-west-2"]);
  expect(admittedRegions({ account: "standrad" })).toBeUndefined();
});

test("a region that AWS opens later needs no new release", () => {
  const regions = ["ap-southeast-9", "nz-north-1", "sa-west-1"];
  expect(settingsOf({ account: "standard", regions }).regions).toEqual(regions);
});
