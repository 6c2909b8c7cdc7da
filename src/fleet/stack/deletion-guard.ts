import { TerraformResource, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";

/** Whether what is hard to replace is kept from being deleted. */
export type DeletionProtection = "on" | "off";

/** How resources of one type are guarded, and why. */
interface Guard {
  readonly reason: string;
  /** AWS's own protection: the arguments, in Terraform's words, with the guard on. */
  readonly on?: Readonly<Record<string, boolean>>;
  /**
   * The same with the guard off.
   * @default - as the construct says
   */
  readonly off?: Readonly<Record<string, boolean>>;
}

/** The Terraform types whose loss cannot be undone, or cuts others off. */
export const GUARDS: Readonly<Record<string, Guard>> = {
  aws_lb: {
    reason:
      "A new one has another DNS name and ARN: peered networks and PrivateLink lose the proxy",
    on: { enable_deletion_protection: true },
  },
  aws_vpc_endpoint_service: {
    reason: "A new one has another name: every endpoint of every client has to be made again",
  },
  aws_eip: {
    reason: "The address is on partners' allow-lists, and AWS gives it to somebody else",
  },
  aws_ecr_repository: {
    reason: "The images that ran are gone, and with them every rollback",
    // Without it AWS refuses while there are images, whatever Terraform says.
    on: { force_delete: false },
  },
  aws_s3_bucket: {
    reason:
      "Without the rules no proxy starts, and a new bucket has another name: all are replaced",
    // Without it AWS refuses while there are rules, whatever Terraform says.
    on: { force_destroy: false },
  },
  aws_cloudwatch_log_group: {
    reason: "The access log is the audit of what clients did",
    on: { deletion_protection_enabled: true },
    // Left out it would stay as it was: the provider takes AWS's value for the default.
    off: { deletion_protection_enabled: false },
  },
};

/**
 * Guards the resources of {@link GUARDS}: Terraform refuses a plan that would destroy or replace
 * one, and AWS refuses a deletion from elsewhere, or of what is no longer in the configuration.
 */
export class DeletionGuard implements IAspect {
  constructor(private readonly protection: DeletionProtection) {}

  public visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    const guard = GUARDS[node.terraformResourceType];
    if (guard === undefined) return;
    if (this.protection === "on") node.lifecycle = { ...node.lifecycle, preventDestroy: true };
    for (const [name, value] of Object.entries(guard[this.protection] ?? {})) {
      node.addOverride(name, value);
    }
  }
}

/** A resource as the state has it. */
export interface DeployedResource {
  readonly type: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The addresses of what is deployed with AWS's own protection on, so that AWS refuses to delete it. */
export function protectedAddresses(resources: readonly DeployedResource[]): string[] {
  return resources
    .filter(({ type, attributes }) =>
      Object.entries(GUARDS[type]?.on ?? {}).some(([name, value]) => attributes[name] === value),
    )
    .map(({ type, name }) => `${type}.${name}`);
}
