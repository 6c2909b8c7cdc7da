import path from "node:path";
import { Aspects, TerraformOutput } from "cdktf";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import { PROJECT_ROOT } from "./common/project-root";
import { ClientInstance } from "./fleet/client/client-instance";
import { DeletionGuard } from "./fleet/stack/deletion-guard";
import type { Identity } from "./fleet/identity/identity";
import { LearnerLabIdentity } from "./fleet/identity/learner-lab-identity";
import { StandardIdentity } from "./fleet/identity/standard-identity";
import { EndpointService } from "./fleet/privatelink/endpoint-service";
import { ProxyEndpoint } from "./fleet/privatelink/proxy-endpoint";
import { fleetNames, type FleetNames } from "./fleet/names";
import { AvailabilityZones } from "./fleet/network/availability-zones";
import { Vpc } from "./fleet/network/vpc";
import { AutoScaling } from "./fleet/proxy/auto-scaling";
import { BuiltImage } from "./fleet/image/built-image";
import type { ProxyImage } from "./fleet/image/image";
import { NetworkLoadBalancer } from "./fleet/proxy/network-load-balancer";
import { ProxyService } from "./fleet/proxy/proxy-service";
import { PublishedImage } from "./fleet/image/published-image";
import { PROXY_PORT } from "./fleet/squid/squid-container";
import { ReadableStack } from "./fleet/stack/readable-stack";
import { RegionGuard, WORKSPACE_REGION } from "./fleet/stack/region-guard";
import type { ClientSettings, Settings } from "./configuration/settings";
import {
  configureBackend,
  MINIMUM_TERRAFORM_VERSION,
  type StateSettings,
} from "./fleet/stack/backend";

const SQUID_DIRECTORY = path.join(PROJECT_ROOT, "squid");
const USER_DATA_TEMPLATE = path.join(PROJECT_ROOT, "client", "userdata.sh");

export interface ProxyFleetProps {
  readonly settings: Settings;
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

  constructor(scope: Construct, id: string, { settings, state }: ProxyFleetProps) {
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

    const availabilityZones = new AvailabilityZones(this, "azs", {
      atLeast: Math.max(settings.vpc.azs, ...settings.clients.map(({ azs }) => azs)),
    });
    const vpc = new Vpc(this, "service", {
      ...settings.vpc,
      name: names.serviceVpc,
      publicSubnets: "one-per-az",
      availabilityZones,
      region: WORKSPACE_REGION,
    });

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
    const proxy = new ProxyService(this, "proxy", {
      ...settings.service,
      ...settings.proxy,
      clusterName: names.cluster,
      serviceName: names.service,
      taskFamily: names.taskFamily,
      securityGroupName: names.serviceSecurityGroup,
      vpc,
      loadBalancer,
      image,
      identity,
      logGroupName: logGroup.name,
      region: WORKSPACE_REGION,
    });
    new AutoScaling(this, "scaling", {
      ...settings.service,
      policyName: names.scalingPolicy,
      clusterName: proxy.clusterName,
      serviceName: proxy.serviceName,
    });

    const endpointService = new EndpointService(this, "link", {
      ...settings.endpointService,
      name: names.endpointService,
      loadBalancerArn: loadBalancer.arn,
      behind: [proxy.steady],
    });
    for (const client of settings.clients) {
      this.createClient(client, endpointService, availabilityZones, identity);
    }

    this.output(
      "nlb_dns_name",
      loadBalancer.dnsName,
      "DNS name of the load balancer, for networks in loadBalancer.ingressCidrs",
    );
    this.output(
      "endpoint_service_name",
      endpointService.serviceName,
      "What a VPC, of this account or an allowed one, names to create an endpoint",
    );
    this.output("image", image.uri, "The proxy's container image");
    this.output("log_group", logGroup.name, "CloudWatch log group of the proxies");
    this.output(
      "nat_public_ips",
      vpc.natPublicIps,
      "Addresses under which the proxy's clients appear on the Internet, for partners' allow-lists",
    );
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

  private createClient(
    client: ClientSettings,
    service: EndpointService,
    availabilityZones: AvailabilityZones,
    identity: Identity,
  ): void {
    const name = `${this.settings.name}-${client.name}`;
    const vpc = new Vpc(this, client.name, {
      name,
      cidr: client.cidr,
      azs: client.azs,
      availabilityZones,
      region: WORKSPACE_REGION,
    });
    const endpoint = new ProxyEndpoint(this, `${client.name}-endpoint`, {
      name,
      securityGroupName: this.names.endpointSecurityGroup,
      vpc,
      service,
      serviceAzs: this.settings.vpc.azs,
      port: PROXY_PORT,
    });
    this.output(
      `${client.name}_endpoint_dns_name`,
      endpoint.dnsName,
      `DNS name of the proxy in VPC ${client.name}`,
    );
    this.output(
      `${client.name}_proxy_url`,
      endpoint.proxyUrl,
      `The proxy's URL in VPC ${client.name}`,
    );
    if (client.instanceType === "none") return;

    const instance = new ClientInstance(this, `${client.name}-instance`, {
      name,
      securityGroupName: `${client.name}-sg`,
      instanceType: client.instanceType,
      vpc,
      endpoint,
      identity,
      userDataTemplate: USER_DATA_TEMPLATE,
    });
    this.output(
      `${client.name}_instance_id`,
      instance.instanceId,
      `The test instance in VPC ${client.name}`,
    );
    this.output(
      `${client.name}_session_command`,
      `aws ssm start-session --target ${instance.instanceId} --region ${WORKSPACE_REGION}`,
      `Opens a shell on the test instance in VPC ${client.name}`,
    );
  }

  private output(id: string, value: string | readonly string[], description: string): void {
    new TerraformOutput(this, id, { value, description });
  }
}
