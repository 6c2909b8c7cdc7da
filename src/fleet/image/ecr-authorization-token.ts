import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";

const TYPE = "aws_ecr_authorization_token";

/**
 * A login for ECR that Terraform opens for the run and writes into neither plan nor state: the
 * ephemeral resource of the AWS provider (6.22 and later), which the prebuilt bindings lack.
 * Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/ephemeral-resources/ecr_authorization_token
 */
export class EcrAuthorizationToken extends TerraformElement {
  constructor(scope: Construct, id: string) {
    super(scope, id, `ephemeral.${TYPE}`);
  }

  /** The registry's address. */
  public get proxyEndpoint(): string {
    return this.attribute("proxy_endpoint");
  }

  public get userName(): string {
    return this.attribute("user_name");
  }

  public get password(): string {
    return this.attribute("password");
  }

  public override toTerraform(): Record<string, unknown> {
    return { ephemeral: { [TYPE]: { [this.friendlyUniqueId]: {} } } };
  }

  private attribute(name: string): string {
    return `\${ephemeral.${TYPE}.${this.friendlyUniqueId}.${name}}`;
  }
}
