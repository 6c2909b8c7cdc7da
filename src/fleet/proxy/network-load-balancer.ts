import type { ITerraformDependable } from "cdktf";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Construct } from "constructs";
import { SecurityGroup } from "../network/security-group";
import { SELF } from "../stack/readable-stack";
import { HEALTH_CHECK } from "./health-check";
import { DEREGISTRATION_DELAY_SECONDS } from "./shutdown";

export interface NetworkLoadBalancerProps {
  /** The load balancer's name, 32 characters at most. */
  readonly name: string;
  /** The target group's name, 32 characters at most. */
  readonly targetGroupName: string;
  readonly securityGroupName: string;
  readonly vpcId: string;
  /** One subnet in each zone. */
  readonly subnetIds: readonly string[];
  /** The TCP port of listener and targets. */
  readonly port: number;

  /**
   * Networks that may connect directly, without PrivateLink: peered or on-premises ones.
   * @default - none
   */
  readonly ingressCidrs?: readonly string[];
}

/**
 * The internal Network Load Balancer in front of the proxies. PrivateLink traffic reaches it
 * whatever its security group says, because the endpoint service decides who may connect;
 * everything else needs an entry in `ingressCidrs`.
 */
export class NetworkLoadBalancer extends Construct {
  public readonly arn: string;
  public readonly dnsName: string;
  public readonly targetGroupArn: string;
  /** The ends of their ARNs, by which metrics name them. */
  public readonly arnSuffix: string;
  public readonly targetGroupArnSuffix: string;
  /** The load balancer's security group, which the targets must admit. */
  public readonly securityGroup: SecurityGroup;
  /** The listener, for what must not start before it. */
  public readonly listener: ITerraformDependable;

  constructor(scope: Construct, id: string, props: NetworkLoadBalancerProps) {
    super(scope, id);
    const { name, port } = props;

    // AWS accepts security groups for a Network Load Balancer only when it is created.
    this.securityGroup = new SecurityGroup(this, "sg", {
      name: props.securityGroupName,
      description: "Network Load Balancer of the proxy",
      vpcId: props.vpcId,
    });
    for (const cidr of props.ingressCidrs ?? []) {
      this.securityGroup.allowIngress(`from-${cidr.replaceAll(/[./]/g, "-")}`, {
        peer: { cidr },
        port,
        description: `Proxy clients in ${cidr}`,
      });
    }

    const loadBalancer = new Lb(this, SELF, {
      name,
      loadBalancerType: "network",
      internal: true,
      subnets: [...props.subnetIds],
      securityGroups: [this.securityGroup.securityGroupId],
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off",
      enableCrossZoneLoadBalancing: true,
    });
    this.arn = loadBalancer.arn;
    this.arnSuffix = loadBalancer.arnSuffix;
    this.dnsName = loadBalancer.dnsName;

    const targetGroup = new LbTargetGroup(this, "targets", {
      name: props.targetGroupName,
      targetType: "ip",
      protocol: "TCP",
      port,
      vpcId: props.vpcId,
      deregistrationDelay: String(DEREGISTRATION_DELAY_SECONDS),
      connectionTermination: false,
      preserveClientIp: "false",
      // Tells the targets the client's address and its endpoint, which PrivateLink hides.
      proxyProtocolV2: true,
      healthCheck: {
        protocol: "HTTP",
        port: "traffic-port",
        path: HEALTH_CHECK.path,
        matcher: HEALTH_CHECK.matcher,
        interval: HEALTH_CHECK.intervalSeconds,
        timeout: HEALTH_CHECK.timeoutSeconds,
        healthyThreshold: HEALTH_CHECK.healthyThreshold,
        unhealthyThreshold: HEALTH_CHECK.unhealthyThreshold,
      },
    });
    this.targetGroupArn = targetGroup.arn;
    this.targetGroupArnSuffix = targetGroup.arnSuffix;

    this.listener = new LbListener(this, "listener", {
      loadBalancerArn: loadBalancer.arn,
      port,
      protocol: "TCP",
      defaultAction: [{ type: "forward", targetGroupArn: targetGroup.arn }],
      tags: { Name: `${name}-${port}` },
    });
  }
}
