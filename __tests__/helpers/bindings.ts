/** Whether a resource type of the AWS provider takes an argument, by the binding of the type. */
export function takesArgument(type: string, name: string): boolean {
  const file = type.replace("aws_", "").replaceAll("_", "-");
  const binding = jest.requireActual<
    Record<string, { readonly tfResourceType?: string; readonly prototype: object }>
  >(`@cdktf/provider-aws/lib/${file}`);
  const construct = Object.values(binding).find(({ tfResourceType }) => tfResourceType === type)!;
  const property = name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.getOwnPropertyDescriptor(construct.prototype, property)?.set !== undefined;
}
