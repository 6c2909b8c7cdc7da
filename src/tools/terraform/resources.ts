/** A resource in the file of Terraform's state, version 4. */
export interface StateResource {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  readonly instances: readonly { readonly attributes?: Readonly<Record<string, unknown>> }[];
}

/** The resources in what `terraform state pull` prints: nothing where no state has been written. */
export function parseResources(json: string): readonly StateResource[] {
  const { resources = [] } = JSON.parse(json.trim() || "{}") as { resources?: StateResource[] };
  return resources;
}

/** The fleet that the resources are of, by the tag that it gives to all; nothing where none has it. */
export function fleetOf(resources: readonly StateResource[]): string | undefined {
  return resources
    .flatMap(({ instances }) => instances)
    .map(
      ({ attributes }) => (attributes?.["tags_all"] as Record<string, string> | null)?.["Project"],
    )
    .find((project) => project !== undefined);
}
