/** The arguments that a resource type of the AWS provider takes, as its binding knows them. */
export interface ResourceArguments {
  has(name: string): boolean;
}

/**
 * Looks up a resource type, such as `aws_vpc`, in the provider's bindings, by which every resource
 * of the stack is made: so a type that is new here needs no entry in any list.
 *
 * @returns nothing for a type that is not the AWS provider's.
 */
export function resourceArguments(type: string): ResourceArguments | undefined {
  const file = /^aws_([a-z0-9_]+)$/.exec(type)?.[1]?.replaceAll("_", "-");
  if (file === undefined) return undefined;
  const prototype = Object.values(binding(file)).find(
    (member) => member.tfResourceType === type,
  )?.prototype;
  if (prototype === undefined) return undefined;
  return {
    has: (name) =>
      Object.getOwnPropertyDescriptor(
        prototype,
        name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      )?.set !== undefined,
  };
}

/** What a module of the bindings exports, as far as it matters here. */
type Binding = Record<string, { readonly tfResourceType?: string; readonly prototype?: object }>;

function binding(file: string): Binding {
  try {
    // By its own file: the index would load all two thousand types.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(`@cdktf/provider-aws/lib/${file}`) as Binding;
  } catch {
    return {};
  }
}
