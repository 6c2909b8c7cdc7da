import path from "node:path";
import { Aspects, TerraformOutput } from "cdktf";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import { PROJECT_ROOT } from "./common/project-root";
import { Client } from "./fleet/client/client";
import { DeletionGuard } from "./fleet/stack/deletion-guard";
import type { Identity } from "./fleet/identity/identity";
import { LearnerLabIdentity } from "./fleet/identity/learner-lab-identity";
import { StandardIdentity } from "./fleet/identity/standard-identity";
import { AcceptedEndpoint } from "./fleet/privatelink/accepted-endpoint";
import { EndpointService } from "./fleet/privatelink/endpoint-service";
import { flowsPerTask } from "./fleet/monitoring/flows-per-task";
import { Monitoring } from "./fleet/monitoring/monitoring";
import { fleetNames, type FleetNames } from "./fleet/names";
import { OUTPUTS } from "./fleet/outputs";
import { AvailabilityZones } from "./fleet/network/availability-zones";
import { ExistingServiceVpc } from "./fleet/network/existing-service-vpc";
import type { ServiceNetwork } from "./fleet/network/network";
import { Vpc } from "./fleet/network/vpc";
import { AutoScaling, defaultTargetFlowsPerTask } from "./fleet/proxy/auto-scaling";
import { BuiltImage } from "./fleet/image/built-image";
import type { ProxyImage } from "./fleet/image/image";
import { NetworkLoadBalancer } from "./fleet/proxy/network-load-balancer";
import { ProxyService } from "./fleet/proxy/proxy-service";
import { PublishedImage } from "./fleet/image/published-image";
import type { RuleEndpoint } from "./fleet/rules/rule-objects";
import { RuleStore } from "./fleet/rules/rule-store";
import { PROXY_PORT, squidContainer } from "./fleet/squid/squid-container";
import { squidMemory } from "./fleet/squid/squid-memory";
import type { Rules } from "./fleet/rules/rule-set";
import { ReadableStack } from "./fleet/stack/readable-stack";
import { RegionGuard, WORKSPACE_REGION } from "./fleet/stack/region-guard";
import type { Settings } from "./configuration/settings";
import {
  configureBackend,
  MINIMUM_TERRAFORM_VERSION,
  type StateSettings,
} from "./fleet/stack/backend";

const SQUID_DIRECTORY = path.join(PROJECT_ROOT, "squid");
const USER_DATA_TEMPLATE = path.join(PROJECT_ROOT, "client", "userdata.sh");
const USE_PROXY_SCRIPT = path.join(PROJECT_ROOT, "client", "use-proxy.sh");

export interface ProxyFleetProps {
  readonly settings: Settings;
  readonly rules: Rules;
  readonly state: StateSettings;
}

/**
 * The whole fleet of one region: a service VPC with the proxies behind a load balancer, the
 * PrivateLink service in front of it, and the client VPCs that use it. Which region that is, only
 * Terraform knows: it is the workspace.
 */
export class ProxyFleet extends ReadableStack {
  private readonly settings: Settings;
  private readonly names: FleetNames;

  constructor(scope: Construct, id: string, { settings, rules, state }: ProxyFleetProps) {
    super(scope, id);
    this.settings = settings;
    this.names = fleetNames(settings.name);
    const { names } = this;

    this.addOverride("terraform.required_version", `>= ${MINIMUM_TERRAFORM_VERSION}`);
    configureBackend(this, state, settings.name);
    Aspects.of(this).add(new DeletionGuard(settings.deletionProtection));
    new AwsProvider(this, "aws", {
      region: WORKSPACE_REGION,
      defaultTags: [{ tags: { Project: settings.name, ManagedBy: "cdktf", ...settings.tags } }],
    });
    new RegionGuard(this, "region", { regions: settings.regions });

    const { vpc, availabilityZones } = this.createNetwork();
    const image = this.createImage();
    const logGroup = new CloudwatchLogGroup(this, "logs", {
      name: names.logGroup,
      retentionInDays: settings.service.logRetentionDays,
    });
    const identity = this.createIdentity(logGroup.arn, image.repositoryArn);
    const loadBalancer = new NetworkLoadBalancer(this, "nlb", {
      name: names.loadBalancer,
      targetGroupName: names.targetGroup,
      securityGroupName: names.loadBalancerSecurityGroup,
      vpcId: vpc.vpcId,
      subnetIds: vpc.privateSubnetIds,
      port: PROXY_PORT,
      ingressCidrs: settings.loadBalancer.ingressCidrs,
    });
    const endpointService = new EndpointService(this, "link", {
      name: names.endpointService,
      loadBalancerArn: loadBalancer.arn,
      zones: { names: vpc.privateAvailabilityZones },
      allowedPrincipals: settings.endpointService.allowedPrincipals,
      acceptance: settings.endpointService.acceptance,
      ...(settings.endpointService.regions.length > 0 && {
        supportedRegions: [WORKSPACE_REGION, ...settings.endpointService.regions],
      }),
      privateDns: settings.endpointService.privateDns,
    });
    this.acceptConsumers(endpointService);
    const clients = this.createClients(endpointService, availabilityZones);
    const ruleStore = new RuleStore(this, "rules", {
      bucketPrefix: names.rulesBucketPrefix,
      vpcEndpointId: vpc.s3EndpointId,
      rules,
      endpoints: this.endpoints(clients),
      unknownClients: settings.unknownClients,
      region: WORKSPACE_REGION,
    });
    const proxy = new ProxyService(this, "proxy", {
      clusterName: names.cluster,
      containerInsights: settings.service.containerInsights,
      serviceName: names.service,
      taskFamily: names.taskFamily,
      securityGroupName: names.serviceSecurityGroup,
      vpc,
      loadBalancer,
      identity,
      container: this.container(image, logGroup.name, vpc, ruleStore.url),
      port: PROXY_PORT,
      egressPorts: [...settings.proxy.httpPorts, ...settings.proxy.connectPorts],
      cpu: settings.service.cpu,
      memoryMiB: settings.service.memoryMiB,
      cpuArchitecture: settings.service.cpuArchitecture,
      desiredCount: settings.service.desiredCount,
      onDemandBase: settings.service.onDemandBase,
      spotWeight: settings.service.spotWeight,
      healthCheckGracePeriodSeconds: settings.service.healthCheckGracePeriodSeconds,
      dependsOn: [...image.dependables, ...ruleStore.dependables],
    });
    const memory = squidMemory({ ...settings.proxy, ...settings.service });
    const dimensions = {
      clusterName: proxy.clusterName,
      serviceName: proxy.serviceName,
      loadBalancer: loadBalancer.arnSuffix,
      targetGroup: loadBalancer.targetGroupArnSuffix,
      availabilityZones: vpc.privateAvailabilityZones,
      natGatewayIds: vpc.natGatewayIds,
      logNamespace: names.logNamespace,
    };
    const targetFlowsPerTask =
      settings.service.targetFlowsPerTask ?? defaultTargetFlowsPerTask(memory.maxConnections);
    new AutoScaling(this, "scaling", {
      policyName: names.scalingPolicy,
      clusterName: proxy.clusterName,
      serviceName: proxy.serviceName,
      minCapacity: settings.service.minCapacity,
      maxCapacity: settings.service.maxCapacity,
      targetCpuPercent: settings.service.targetCpuPercent,
      flowsPerTask: flowsPerTask(dimensions),
      targetFlowsPerTask,
      scaleInCooldownSeconds: settings.service.scaleInCooldownSeconds,
      scaleOutCooldownSeconds: settings.service.scaleOutCooldownSeconds,
    });

    const { dashboardUrl } = new Monitoring(this, "monitoring", {
      alarmPrefix: names.alarmPrefix,
      queryFolder: names.queryFolder,
      dashboard: settings.dashboard,
      dashboardName: `${names.dashboardPrefix}${WORKSPACE_REGION}`,
      alarms: settings.alarms.mode,
      topicName: names.alarmTopic,
      alarmEmails: settings.alarms.email,
      alarmTopicArn: settings.alarms.topicArn?.replace("{region}", WORKSPACE_REGION),
      region: WORKSPACE_REGION,
      logGroupName: logGroup.name,
      dimensions,
      minCapacity: settings.service.minCapacity,
      maxCapacity: settings.service.maxCapacity,
      targetCpuPercent: settings.service.targetCpuPercent,
      targetFlowsPerTask,
      containerInsights: settings.service.containerInsights,
      ...memory,
      dependsOn: proxy.dependables,
    });

    for (const { instanceType, client } of clients) {
      if (instanceType === "none") continue;
      client.addTestInstance({
        instanceType,
        identity,
        userDataTemplate: USER_DATA_TEMPLATE,
        useProxyScript: USE_PROXY_SCRIPT,
        dependsOn: proxy.dependables,
      });
    }

    this.output(
      OUTPUTS.loadBalancerDnsName,
      loadBalancer.dnsName,
      "DNS name of the load balancer, for networks in loadBalancer.ingressCidrs",
    );
    this.output(
      OUTPUTS.endpointServiceName,
      endpointService.serviceName,
      "What a VPC, of this account or an allowed one, names to create an endpoint",
    );
    this.output(
      OUTPUTS.zoneIds,
      vpc.privateAvailabilityZoneIds,
      "Ids of the service's availability zones, whose names differ from account to account",
    );
    if (dashboardUrl !== undefined) {
      this.output(OUTPUTS.dashboardUrl, dashboardUrl, "The fleet's dashboard in the console");
    }
    this.output(OUTPUTS.image, image.uri, "The proxy's container image");
    this.output(OUTPUTS.logGroup, logGroup.name, "CloudWatch log group of the proxies");
    if (vpc.natPublicIps.length > 0) {
      this.output(
        OUTPUTS.natPublicIps,
        vpc.natPublicIps,
        "Addresses under which the proxy's clients appear on the Internet, for partners' allow-lists",
      );
    }
    this.output(OUTPUTS.rulesBucket, ruleStore.bucketName, "S3 bucket with the rules");
    this.output(
      OUTPUTS.rulesVersion,
      ruleStore.version,
      "The rules' version, which the proxies' log has once they are in force",
    );
  }

  /** The service VPC, and the zones that clients' VPCs choose from, where some are to be made. */
  private createNetwork(): { vpc: ServiceNetwork; availabilityZones?: AvailabilityZones } {
    const { vpc, proxy } = this.settings;
    const clientAzs = newVpcs(this.settings).map(({ azs }) => azs);
    if (!("vpcId" in vpc)) {
      const availabilityZones = new AvailabilityZones(this, "azs", {
        atLeast: Math.max(vpc.azs, ...clientAzs),
      });
      const made = new Vpc(this, "service", {
        ...vpc,
        name: this.names.serviceVpc,
        publicSubnets: "one-per-az",
        availabilityZones,
        region: WORKSPACE_REGION,
      });
      return { vpc: made, availabilityZones };
    }
    const existing = new ExistingServiceVpc(this, "service", {
      ...vpc,
      privateCidrs: proxy.privateCidrs,
    });
    if (clientAzs.length === 0) return { vpc: existing };
    const availabilityZones = new AvailabilityZones(this, "azs", {
      atLeast: Math.max(...clientAzs),
      // Where the service is, whichever zones somebody has chosen for it.
      zoneIds: existing.privateAvailabilityZoneIds,
    });
    return { vpc: existing, availabilityZones };
  }

  /** The clients of the settings, without their instances, which need the proxies. */
  private createClients(service: EndpointService, availabilityZones?: AvailabilityZones) {
    const { name: fleet, clients, dnsName } = this.settings;
    // A scope of their own, so that a client may be called as any part of the fleet is.
    const scope = new Construct(this, "client");
    return clients.map(({ name, vpc, publicDns, allowedDns, instanceType, rules }) => ({
      name,
      instanceType,
      rules,
      client: new Client(scope, name, {
        clientName: name,
        name: `${fleet}-${name}`,
        endpointSecurityGroupName: this.names.endpointSecurityGroup,
        vpc: "vpcId" in vpc ? vpc : { ...vpc, availabilityZones: availabilityZones! },
        publicDns,
        allowedDns,
        region: WORKSPACE_REGION,
        service,
        port: PROXY_PORT,
        dnsName,
      }),
    }));
  }

  /** The endpoints of others are accepted that the settings name; automatic acceptance needs no names. */
  private acceptConsumers({ acceptingServiceId }: EndpointService): void {
    if (acceptingServiceId === undefined) return;
    const scope = new Construct(this, "consumer");
    for (const { name, endpointId, region } of this.settings.consumers) {
      new AcceptedEndpoint(scope, name, {
        serviceId: acceptingServiceId,
        endpointId,
        region: WORKSPACE_REGION,
        onlyIn: region,
      });
    }
  }

  /** The endpoints whose rules are known: those of the clients, and others' that the settings name. */
  private endpoints(clients: ReturnType<typeof this.createClients>): RuleEndpoint[] {
    return [
      ...clients.map(({ name, rules, client: { endpointId } }) => {
        return { name, endpointId, rules, always: true };
      }),
      ...this.settings.consumers.map((consumer) => ({ ...consumer, always: false })),
    ];
  }

  private createImage(): ProxyImage {
    const { image, service } = this.settings;
    return image.uri === undefined
      ? new BuiltImage(this, "squid", {
          repositoryName: this.names.repository,
          directory: SQUID_DIRECTORY,
          cpuArchitecture: service.cpuArchitecture,
        })
      : new PublishedImage(image.uri);
  }

  /** The container of a task, as the settings of the proxy say. */
  private container(
    image: ProxyImage,
    logGroupName: string,
    vpc: ServiceNetwork,
    rulesUrl: string,
  ) {
    const { proxy, service } = this.settings;
    return squidContainer({
      image,
      logGroupName,
      region: WORKSPACE_REGION,
      cpu: service.cpu,
      memoryMiB: service.memoryMiB,
      // The load balancer stands in the same subnets as the tasks.
      proxyProtocolCidrs: vpc.privateSubnetCidrs,
      rulesUrl,
      sniCheck: proxy.sniCheck,
      httpPorts: proxy.httpPorts,
      connectPorts: proxy.connectPorts,
      privateCidrs: proxy.privateCidrs,
      cache: proxy.cache,
      maxConnectionsPerClient: proxy.maxConnectionsPerClient,
      maxRequestHeadKiB: proxy.maxRequestHeadKiB,
      maxReplyHeadKiB: proxy.maxReplyHeadKiB,
      receiveBufferKiB: proxy.receiveBufferKiB,
    });
  }

  private createIdentity(logGroupArn: string, repositoryArn: string | undefined): Identity {
    if (this.settings.account === "learner-lab") return new LearnerLabIdentity(this, "identity");
    return new StandardIdentity(this, "identity", {
      name: this.settings.name,
      region: WORKSPACE_REGION,
      logGroupArn,
      repositoryArn,
      permissionsBoundary: this.settings.permissionsBoundary,
    });
  }

  private output(id: string, value: string | readonly string[], description: string): void {
    new TerraformOutput(this, id, { value, description });
  }
}

/** The VPCs that the settings want made for clients. */
function newVpcs({ clients }: Settings) {
  return clients.flatMap(({ vpc }) => ("vpcId" in vpc ? [] : [vpc]));
}
