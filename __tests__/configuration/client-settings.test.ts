import { parseClientSettings } from "../../src/configuration/client-settings";
import { EXISTING_CLIENT, SERVICE_NAME } from "../helpers/consumer";

test("the service's name is all that is needed", () => {
  expect(parseClientSettings({ serviceName: SERVICE_NAME })).toEqual({
    settings: {
      serviceName: SERVICE_NAME,
      serviceRegion: "us-east-1",
      zoneIds: [],
      account: "learner-lab",
      regions: ["us-east-1"],
      name: "proxy-client",
      tags: {},
      dnsName: "proxy.internal",
      clients: [
        {
          name: "client",
          vpc: { cidr: "172.16.0.0/16", azs: 1 },
          publicDns: "allowed",
          allowedDns: [],
          instanceType: "t4g.small",
        },
      ],
    },
  });
});

test("in an ordinary account, the resolver of a VPC that is made knows no public names", () => {
  const parsed = parseClientSettings({
    serviceName: SERVICE_NAME,
    account: "standard",
    dnsName: "none",
    clients: [{}, EXISTING_CLIENT],
  });
  expect(parsed).toMatchObject({
    settings: { dnsName: undefined, clients: [{ publicDns: "blocked" }, { publicDns: "allowed" }] },
  });
});

test.each<[string, object, string]>([
  [
    "names where all are allowed",
    { serviceName: SERVICE_NAME, clients: [{ allowedDns: ["db.example.com"] }] },
    'proxy-client.clients[0].allowedDns: ["db.example.com"] is not allowed. Allowed: only with "publicDns": "blocked"',
  ],
  [
    "no service",
    {},
    "proxy-client.serviceName: is missing. Allowed: the name of the fleet's endpoint service such as com.amazonaws.vpce",
  ],
  [
    "the service's id for its name",
    { serviceName: "vpce-svc-0123456789abcdef0" },
    'proxy-client.serviceName: "vpce-svc-0123456789abcdef0" is not allowed.',
  ],
  [
    "no region's service",
    { serviceName: SERVICE_NAME.replace("us-east-1", "foo") },
    "Allowed: the name of a service in a commercial AWS region, which is its fourth part.",
  ],
  [
    "two clients in one VPC",
    {
      serviceName: SERVICE_NAME,
      clients: [EXISTING_CLIENT, { ...EXISTING_CLIENT, name: "other" }],
    },
    `proxy-client.clients[1].vpcId: "${EXISTING_CLIENT.vpcId}" is not allowed. Allowed: a VPC that no other client has.`,
  ],
  [
    "names of zones",
    { serviceName: SERVICE_NAME, zoneIds: ["us-east-1a"] },
    'proxy-client.zoneIds[0]: "us-east-1a" is not allowed. Allowed: ids of availability zones such as use1-az1, not names,',
  ],
  [
    "one name for two zones",
    { serviceName: SERVICE_NAME, privateDnsName: "proxy.internal" },
    'proxy-client.privateDnsName: "proxy.internal" is not allowed. Allowed: any other name than dnsName has;',
  ],
  [
    "zones of another region",
    { serviceName: SERVICE_NAME, zoneIds: ["usw2-az1"] },
    'proxy-client.zoneIds[0]: "usw2-az1" is not allowed. Allowed: zones of us-east-1, such as use1-az1.',
  ],
  [
    "zones of a region of many words",
    {
      serviceName: SERVICE_NAME.replace("us-east-1", "ap-northeast-2"),
      account: "standard",
      zoneIds: ["apne1-az1"],
    },
    "Allowed: zones of ap-northeast-2, such as apne2-az1.",
  ],
  [
    "zones for another region",
    { serviceName: SERVICE_NAME, zoneIds: ["use1-az1"], regions: ["us-west-2"] },
    'proxy-client.zoneIds: ["use1-az1"] is not allowed. Allowed: only with clients in the service\'s own region alone, us-east-1',
  ],
  [
    "more zones than there are",
    { serviceName: SERVICE_NAME, zoneIds: ["use1-az1"], clients: [{ azs: 2 }] },
    "proxy-client.clients[0].azs: 2 is not allowed. Allowed: at most 1, as many as zoneIds has.",
  ],
  [
    "a lab elsewhere",
    { serviceName: SERVICE_NAME, regions: ["eu-west-1"] },
    'proxy-client.regions: ["eu-west-1"] is not allowed. Allowed: in a Learner Lab: "us-east-1" or "us-west-2"',
  ],
  [
    "an id in several regions",
    {
      serviceName: SERVICE_NAME,
      regions: ["us-east-1", "us-west-2"],
      clients: [EXISTING_CLIENT],
    },
    "Allowed: one region alone: that of vpc-0123456789abcdef0.",
  ],
  [
    "a client twice",
    { serviceName: SERVICE_NAME, clients: [{}, {}] },
    'proxy-client.clients[1].name: "client" is not allowed. Allowed: a name that no other client has.',
  ],
  [
    "rules, which are the fleet's",
    { serviceName: SERVICE_NAME, clients: [{ rules: "default" }] },
    'proxy-client.clients[0]: "rules" is not a setting.',
  ],
  [
    "a client whose security group would be called as its endpoint's",
    { serviceName: SERVICE_NAME, name: "web", clients: [{ name: "web-endpoint" }] },
    "any other name: the endpoint's security group is web-endpoint-sg already",
  ],
])("%s is said in one sentence", (_, settings, message) => {
  const parsed = parseClientSettings(settings);
  expect("mistakes" in parsed && parsed.mistakes).toEqual([expect.stringContaining(message)]);
});

test("all mistakes are said at once", () => {
  const parsed = parseClientSettings({
    serviceName: SERVICE_NAME,
    zoneIds: ["usw2-az1"],
    name: "Web",
    regions: ["eu-wset-1"],
  });
  expect("mistakes" in parsed && parsed.mistakes).toHaveLength(3);
});
