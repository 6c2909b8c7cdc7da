import { readFileSync } from "node:fs";
import path from "node:path";
import Ajv from "ajv";
import { describedSettings } from "../../src/configuration/documents/described-settings";
import { settingsDocuments } from "../../src/configuration/documents/settings-documents";
import { editorSchema } from "../../src/configuration/documents/editor-schema";
import { parseSettings } from "../../src/configuration/settings";
import { defaultTargetFlowsPerTask } from "../../src/fleet/proxy/auto-scaling";
import { squidMemory } from "../../src/fleet/squid/squid-memory";
import { CHECKOUT } from "../helpers/checkout";

test("every setting and every group of settings has a description", () => {
  const bare = describedSettings().filter(({ schema }) => !schema.description);
  expect(bare.map(({ path }) => path)).toEqual([]);
});

test("the description of a client's connections has the number of the default task", () => {
  const parsed = parseSettings({});
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  const { memoryMiB } = parsed.settings.service;
  const { maxConnectionsPerClient } = squidMemory({ memoryMiB, ...parsed.settings.proxy });
  const setting = describedSettings().find(({ path }) => path === "proxy.maxConnectionsPerClient");
  expect(setting?.schema.description).toContain(`${maxConnectionsPerClient} with ${memoryMiB} MiB`);
});

test("the description of a task's connections has the target of the default task", () => {
  const parsed = parseSettings({});
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  const { memoryMiB } = parsed.settings.service;
  const { maxConnections } = squidMemory({ memoryMiB, ...parsed.settings.proxy });
  const setting = describedSettings().find(({ path }) => path === "service.targetFlowsPerTask");
  expect(setting?.schema.description).toContain(
    `${defaultTargetFlowsPerTask(maxConnections)} with ${memoryMiB} MiB`,
  );
});

test.each(settingsDocuments(CHECKOUT))(
  "$file is what the schema says; if not: npm run docs:settings",
  ({ file, content }) => {
    expect(readFileSync(path.join(CHECKOUT, file), "utf8")).toBe(content);
  },
);

describe("an editor", () => {
  const validate = new Ajv().compile(editorSchema());
  const accepts = (settings: unknown) => validate({ context: { "proxy-fleet": settings } });

  const right = (settings: unknown) => "settings" in parseSettings(settings);

  test("knows the schema by the name that cdktf.json gives it", () => {
    const cdktf = JSON.parse(readFileSync(path.join(CHECKOUT, "cdktf.json"), "utf8"));
    expect(settingsDocuments(CHECKOUT).map(({ file }) => `./${file}`)).toContain(cdktf.$schema);
    expect(validate(cdktf)).toBe(true);
  });

  test.each<[string, object]>([
    ["nothing", {}],
    ["empty groups", { vpc: {}, service: {}, proxy: {}, clients: [{}, { name: "b" }] }],
    ["no clients", { clients: [] }],
    [
      "much",
      {
        account: "standard",
        regions: ["eu-west-1"],
        name: "web-2",
        tags: { CostCentre: "4711", Größe: "XL / 2" },
        deletionProtection: "off",
        permissionsBoundary: "arn:aws:iam::123456789012:policy/proxy-boundary",
        vpc: { cidr: "10.9.0.0/22", azs: 2, natGateways: "single" },
        image: { uri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/squid:1.0" },
        service: { cpu: 1024, memoryMiB: 2048, logRetentionDays: 3653, spotWeight: 1 },
        proxy: {
          httpPorts: [],
          connectPorts: [443, 8443],
          privateCidrs: ["100.64.0.0/10"],
          maxConnectionsPerClient: 16_000,
        },
        loadBalancer: { ingressCidrs: ["10.9.0.0/24"] },
        endpointService: { allowedPrincipals: ["*"], acceptance: "explicit" },
        clients: [
          { name: "lab", cidr: "172.16.0.0/24", azs: 1, instanceType: "none" },
          {
            name: "office",
            vpcId: "vpc-0123456789abcdef0",
            subnetIds: ["subnet-0123456789abcdef0"],
            allowedCidrs: ["10.0.0.0/8"],
          },
        ],
        policy: {
          waivers: [
            {
              rule: "tagged",
              resource: "aws_vpc.client",
              message: "has no tag Name",
              reason: "named by its owner",
            },
          ],
        },
        github: { repository: "example@1/proxy-fleet@2", oidcProvider: "create" },
      },
    ],
  ])("takes %s, as the command does", (_, settings) => {
    expect({ accepted: accepts(settings), errors: validate.errors }).toEqual({
      accepted: true,
      errors: null,
    });
    expect(right(settings)).toBe(true);
  });

  test.each<object>([
    { servce: {} },
    { vpc: { cdir: "10.0.0.0/16" } },
    { vpc: [] },
    { vpc: { azs: "2" } },
    { vpc: { azs: 1.5 } },
    { vpc: { azs: 7 } },
    { vpc: { cidr: "10.0.0.0" } },
    { account: "lab" },
    { name: "Proxy" },
    { regions: [] },
    { regions: ["mars"] },
    { regions: ["us-east-1", "us-east-1"] },
    { tags: { a: 1 } },
    { service: { cpu: 300 } },
    { service: { logRetentionDays: 8 } },
    { proxy: { sniCheck: true } },
    { proxy: { httpPorts: [65536] } },
    { proxy: { httpPorts: Array.from({ length: 21 }, (_, index) => index + 80) } },
    { proxy: { connectPorts: [] } },
    { image: { uri: "registry.example/squid:latest" } },
    { endpointService: { allowedPrincipals: ["123456789012"] } },
    { clients: [{ instanceType: "t3.small" }] },
    { clients: {} },
    { regions: ["us-east-1"], clients: [{ vpcId: "vpc-1", subnetIds: ["subnet-01234567"] }] },
    { policy: { waivers: [{ rule: "imdsv2" }] } },
    { account: "standard", github: { repository: "example/proxy-fleet" } },
  ])("marks %j, which the command refuses", (settings) => {
    expect(accepts(settings)).toBe(false);
    expect(right(settings)).toBe(false);
  });
});
