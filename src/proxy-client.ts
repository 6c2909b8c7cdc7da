import path from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import { PROJECT_ROOT } from "./common/project-root";
import type { ConsumerSettings } from "./configuration/client-settings";
import { Client } from "./fleet/client/client";
import { ClientRole } from "./fleet/identity/client-role";
import type { InstanceIdentity } from "./fleet/identity/identity";
import { LAB_INSTANCES } from "./fleet/identity/learner-lab-identity";
import { consumerNames, roleName } from "./fleet/names";
import { AvailabilityZones } from "./fleet/network/availability-zones";
import type { LinkService } from "./fleet/privatelink/link-service";
import { PROXY_PORT } from "./fleet/squid/squid-container";
import {
  CLIENT_STATES,
  configureBackend,
  MINIMUM_TERRAFORM_VERSION,
  type StateSettings,
} from "./fleet/stack/backend";
import { ReadableStack } from "./fleet/stack/readable-stack";
import { RegionGuard, WORKSPACE_REGION } from "./fleet/stack/region-guard";

const USER_DATA_TEMPLATE = path.join(PROJECT_ROOT, "client", "userdata.sh");
const USE_PROXY_SCRIPT = path.join(PROJECT_ROOT, "client", "use-proxy.sh");

export interface ProxyClientProps {
  readonly settings: ConsumerSettings;
  readonly state: StateSettings;
}

/**
 * What a consumer of somebody else's fleet deploys, with credentials of its own account: client VPCs, new
 * or existing, with an endpoint to the fleet. It knows the service's name and looks nothing up that
 * belongs to the fleet, because its account may not see it. Which region it is in, only Terraform knows: it
 * is the workspace.
 */
export class ProxyClient extends ReadableStack {
  private readonly settings: ConsumerSettings;

  constructor(scope: Construct, id: string, { settings, state }: ProxyClientProps) {
    super(scope, id);
    this.settings = settings;
    const { name, regions, tags } = settings;

    this.addOverride("terraform.required_version", `>= ${MINIMUM_TERRAFORM_VERSION}`);
    configureBackend(this, state, name, CLIENT_STATES);
    new AwsProvider(this, "aws", {
      region: WORKSPACE_REGION,
      defaultTags: [{ tags: { Project: name, ManagedBy: "cdktf", ...tags } }],
    });
    new RegionGuard(this, "region", { regions, noun: "consumer", script: "client:deploy" });

    const clients = this.createClients();
    const withInstance = clients.filter(({ instanceType }) => instanceType !== "none");
    if (withInstance.length === 0) return;
    const identity = this.createIdentity();
    for (const { client, instanceType } of withInstance) {
      client.addTestInstance({
        instanceType,
        identity,
        userDataTemplate: USER_DATA_TEMPLATE,
        useProxyScript: USE_PROXY_SCRIPT,
        // The proxies are there already, or the service would not be.
        dependsOn: [],
      });
    }
  }

  private createClients() {
    const { name: consumer, clients, dnsName, zoneIds } = this.settings;
    const service = this.service();
    const sizes = clients.flatMap(({ vpc }) => ("azs" in vpc ? [vpc.azs] : []));
    const availabilityZones =
      sizes.length === 0
        ? undefined
        : new AvailabilityZones(this, "azs", {
            atLeast: Math.max(...sizes),
            ...(zoneIds.length > 0 && { zoneIds }),
          });
    const scope = new Construct(this, "client");
    return clients.map(({ name, vpc, publicDns, allowedDns, instanceType }) => ({
      instanceType,
      client: new Client(scope, name, {
        clientName: name,
        name: `${consumer}-${name}`,
        endpointSecurityGroupName: consumerNames(consumer).endpointSecurityGroup,
        vpc: "vpcId" in vpc ? vpc : { ...vpc, availabilityZones: availabilityZones! },
        dnsName,
        publicDns,
        allowedDns,
        region: WORKSPACE_REGION,
        service,
        port: PROXY_PORT,
      }),
    }));
  }

  /** The fleet's service, as far as a consumer knows it. */
  private service(): LinkService {
    const { serviceName, serviceRegion, regions, zoneIds, privateDnsName } = this.settings;
    const isAtHome = regions.every((region) => region === serviceRegion);
    return {
      serviceName,
      ...(zoneIds.length > 0 && { zones: { ids: zoneIds } }),
      // Whether it has been proved, the fleet's owners know.
      ...(privateDnsName !== undefined && {
        privateDns: { name: privateDnsName, dependables: [] },
      }),
      ...(!isAtHome && {
        // In its own region the service's is left out: it is AWS's default.
        serviceRegion: `\${terraform.workspace == "${serviceRegion}" ? null : "${serviceRegion}"}`,
      }),
    };
  }

  private createIdentity(): InstanceIdentity {
    const { account, name } = this.settings;
    if (account === "learner-lab") return LAB_INSTANCES;
    return new ClientRole(this, "identity", {
      name: roleName(name, "client", WORKSPACE_REGION),
    });
  }
}
