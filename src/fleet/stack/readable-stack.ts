import { TerraformDataSource, TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { Node } from "constructs";

/** The construct id of an element that is the one its scope stands for: it adds nothing to the address. */
export const SELF = "self";

/**
 * A stack whose Terraform addresses are the construct path, readable and free of hashes:
 * `aws_subnet.service_private_1`. Renaming a construct id therefore moves its resource in the
 * state: ids are part of the public interface.
 *
 * @throws Error where two elements of one kind would get the same address; cdktf would merge them.
 */
export class ReadableStack extends TerraformStack {
  private readonly pathByAddress = new Map<string, string>();

  protected override allocateLogicalId(tfElement: TerraformElement | Node): string {
    const isElement = TerraformElement.isTerraformElement(tfElement);
    const node = isElement ? tfElement.node : tfElement;
    const scopes = node.scopes.slice(node.scopes.indexOf(this) + 1);
    const name = scopes
      .map((scope) => scope.node.id)
      .filter((id) => id !== SELF)
      .join("_")
      .replaceAll("-", "_");
    if (isElement) this.claim(`${kindOf(tfElement)}.${name}`, node.path);
    return name;
  }

  private claim(address: string, path: string): void {
    const owner = this.pathByAddress.get(address) ?? path;
    if (owner !== path) {
      throw new Error(`${owner} and ${path} would both be ${address} in Terraform: rename one`);
    }
    this.pathByAddress.set(address, path);
  }
}

/** What Terraform tells apart: resources and data sources by type, the rest by the class of element. */
function kindOf(element: TerraformElement): string {
  if (TerraformResource.isTerraformResource(element)) return element.terraformResourceType;
  if (TerraformDataSource.isTerraformDataSource(element)) {
    return `data.${element.terraformResourceType}`;
  }
  return element.constructor.name;
}
