import { TerraformResource, Testing, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformBlock, TerraformJson } from "../../src/tools/gate/terraform-json";
import { ReadableStack } from "../../src/fleet/stack/readable-stack";

export type { TerraformBlock, TerraformJson };

/** Synthesises the stack, with its validations, to the JSON that Terraform reads. */
export function synth(stack: ReadableStack): TerraformJson {
  return JSON.parse(Testing.synth(stack, true)) as TerraformJson;
}

/** Synthesises a stack of just what `build` puts into it. */
export function synthWith(build: (stack: ReadableStack) => void): TerraformJson {
  const stack = emptyStack();
  build(stack);
  return synth(stack);
}

/** A stack with nothing but the AWS provider. */
export function emptyStack(): ReadableStack {
  const stack = new ReadableStack(Testing.app(), "stack");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  return stack;
}

/** A resource without a provider. cdktf's own class for it would start Terraform to ask its version. */
export function placeholder(
  scope: Construct,
  id: string,
  dependsOn: readonly ITerraformDependable[] = [],
): TerraformResource {
  return new TerraformResource(scope, id, {
    terraformResourceType: "terraform_data",
    dependsOn: [...dependsOn],
  });
}

/** The addresses of all resources, data sources and ephemeral resources, sorted. */
export function addresses(json: TerraformJson): string[] {
  const sections = { "": json.resource, "data.": json.data, "ephemeral.": json.ephemeral };
  return Object.entries(sections)
    .flatMap(([prefix, types]) =>
      Object.entries(types ?? {}).flatMap(([type, blocks]) =>
        Object.keys(blocks).map((name) => `${prefix}${type}.${name}`),
      ),
    )
    .sort();
}

/** The one block of a resource type. */
export function only(json: TerraformJson, type: string): TerraformBlock {
  const blocks = Object.values(json.resource[type] ?? {});
  const [block] = blocks;
  if (blocks.length !== 1 || block === undefined) {
    throw new Error(`${blocks.length} resources of type ${type}, not one`);
  }
  return block;
}
