import { AssetType, Fn, TerraformAsset, type ITerraformDependable } from "cdktf";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { Construct } from "constructs";
import type { InstanceIdentity } from "../identity/identity";
import type { ProxyEndpoint } from "../privatelink/proxy-endpoint";
import { SecurityGroup } from "../network/security-group";
import type { Network } from "../network/network";
import { SELF } from "../stack/readable-stack";

/**
 * Where AWS publishes the id of the current Amazon Linux 2023 image for Graviton.
 * Source: "Launch AL2023 using AWS SSM parameters", Amazon Linux 2023 user guide.
 */
const AMI_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

export interface ClientInstanceProps {
  /** The `Name` tag. */
  readonly name: string;
  readonly securityGroupName: string;
  /** A Graviton (arm64) instance type. */
  readonly instanceType: string;
  readonly vpc: Network;
  /** The endpoint through which the instance reaches the proxy. */
  readonly endpoint: ProxyEndpoint;
  /** The name by which it does. */
  readonly proxyHost: string;
  readonly identity: InstanceIdentity;
  /** The shell script template that the instance runs at its first boot. */
  readonly userDataTemplate: string;
  /** The script in it that points a machine at the proxy. */
  readonly useProxyScript: string;
  /** What must exist before the first boot, such as the proxies. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * A machine that sees the world only through the proxy: no public address, no key, no way in, and
 * TCP to the endpoint as the only way out. Its administrator comes by Session Manager, whose agent
 * goes through the proxy like everything else.
 */
export class ClientInstance extends Construct {
  public readonly instanceId: string;

  constructor(scope: Construct, id: string, props: ClientInstanceProps) {
    super(scope, id);
    const { vpc, endpoint, identity } = props;

    const securityGroup = new SecurityGroup(this, "sg", {
      name: props.securityGroupName,
      description: "Clients of the proxy",
      vpcId: vpc.vpcId,
    });
    securityGroup.allowEgress("to-proxy", {
      peer: { securityGroupId: endpoint.securityGroup.securityGroupId },
      port: endpoint.port,
      description: "Proxy requests",
    });

    const ami = new DataAwsSsmParameter(this, "ami", { name: AMI_PARAMETER });
    const template = new TerraformAsset(this, "userdata", {
      path: props.userDataTemplate,
      type: AssetType.FILE,
    });
    const useProxy = new TerraformAsset(this, "use-proxy", {
      path: props.useProxyScript,
      type: AssetType.FILE,
    });

    this.instanceId = new Instance(this, SELF, {
      // The id is public: `value` would hide it from the plan as a secret.
      ami: ami.insecureValue,
      instanceType: props.instanceType,
      subnetId: vpc.privateSubnetIds[0],
      vpcSecurityGroupIds: [securityGroup.securityGroupId],
      associatePublicIpAddress: false,
      iamInstanceProfile: identity.instanceProfileName,
      userData: Fn.templatefile(template.path, {
        proxy_host: props.proxyHost,
        proxy_port: endpoint.port,
        use_proxy: Fn.file(useProxy.path),
      }) as string,
      // Only a first boot runs the script: a changed one needs a new instance.
      userDataReplaceOnChange: true,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required" },
      rootBlockDevice: { encrypted: true, volumeType: "gp3" },
      tags: { Name: props.name },
      // AWS publishes a new image every other week; a running client is not replaced for it.
      lifecycle: { ignoreChanges: ["ami"] },
      // The first boot registers the agent and installs packages, all through the proxy.
      dependsOn: [
        ...endpoint.dependables,
        ...securityGroup.dependables,
        ...identity.dependables,
        ...props.dependsOn,
      ],
    }).id;
  }
}
