import { Testing } from "cdktf";
import { parseClientSettings } from "../../src/configuration/client-settings";
import { CLIENT_STACK_ID } from "../../src/fleet/names";
import { ProxyClient } from "../../src/proxy-client";
import { synth, type TerraformJson } from "./synth";

export const SERVICE_NAME = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0";

/** A client in a VPC that exists. */
export const EXISTING_CLIENT = {
  name: "hq",
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
};

/** One consumer for each choice that changes what is synthesised. */
export const CONSUMERS: Record<string, object> = {
  defaults: {},
  "ordinary account": { account: "standard" },
  "known zones": { zoneIds: ["use1-az1", "use1-az2"], clients: [{ azs: 2 }, EXISTING_CLIENT] },
  "existing VPC alone": { clients: [EXISTING_CLIENT] },
  "a private DNS name": { account: "standard", privateDnsName: "proxy.example.com" },
  "another region": {
    account: "standard",
    regions: ["us-east-1", "eu-west-1"],
    clients: [{ instanceType: "none" }],
  },
};

/** Synthesises a consumer's stack from settings as they are written, besides the service's name. */
export function synthConsumer(settings: object = {}): TerraformJson {
  const parsed = parseClientSettings({ serviceName: SERVICE_NAME, ...settings });
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  const state = { kind: "local" } as const;
  return synth(
    new ProxyClient(Testing.app(), CLIENT_STACK_ID, { settings: parsed.settings, state }),
  );
}
