/** A synthesised stack: the part of Terraform's JSON syntax that cdktf writes. */
export interface TerraformJson {
  readonly terraform: Record<string, unknown>;
  readonly provider: Record<string, unknown[]>;
  readonly resource: Record<string, Record<string, TerraformBlock>>;
  readonly data?: Record<string, Record<string, TerraformBlock>>;
  readonly ephemeral?: Record<string, Record<string, TerraformBlock>>;
  readonly output?: Record<string, { readonly value: unknown; readonly description?: string }>;
  readonly locals?: TerraformBlock;
}

/** The arguments of one block; what is inside is the provider's affair. */
export type TerraformBlock = Record<string, unknown>;

/** A stack, or as much of one as an example needs. */
export type StackJson = Partial<TerraformJson>;

/** A resource or data source with its address. */
export interface Element {
  readonly address: string;
  readonly type: string;
  readonly block: TerraformBlock;
}

/** Whether the value is a block or a map, so neither a list nor text. */
export function isBlock(value: unknown): value is TerraformBlock {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The resources of the types, or all of them where no type is named. */
export function resources({ resource }: StackJson, ...types: string[]): Element[] {
  return elements(resource, "").filter(({ type }) => types.length === 0 || types.includes(type));
}

/** The sections that have elements, each with what stands before the addresses of its own. */
export const ELEMENT_SECTIONS = [
  ["resource", ""],
  ["data", "data."],
  ["ephemeral", "ephemeral."],
] as const;

/** All resources, data sources and ephemeral resources. */
export function everyElement(stack: StackJson): Element[] {
  return ELEMENT_SECTIONS.flatMap(([section, prefix]) => elements(stack[section], prefix));
}

function elements(section: unknown, prefix: string): Element[] {
  return entries(section).flatMap(([type, blocks]) =>
    entries(blocks).flatMap(([name, block]) =>
      isBlock(block) ? [{ address: `${prefix}${type}.${name}`, type, block }] : [],
    ),
  );
}

function entries(value: unknown): [string, unknown][] {
  return isBlock(value) ? Object.entries(value) : [];
}

/** The nested blocks of a name, one of which may stand as an object or as a list. */
export function nestedBlocks(block: TerraformBlock, name: string): TerraformBlock[] {
  return list(block[name]).filter(isBlock);
}

/** A list as it is, nothing as an empty one, and anything else as a list of one. */
export function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** An argument anywhere in a block: what it is called, and its value. */
export type Argument = readonly [name: string, value: unknown];

/** Every argument of the block and of all blocks in it. An entry of a list is called as the list is. */
export function argumentsOf(block: TerraformBlock): Argument[] {
  const below = (name: string, value: unknown): Argument[] => {
    if (Array.isArray(value)) return value.flatMap((item) => below(name, item));
    return isBlock(value) ? [[name, value], ...argumentsOf(value)] : [[name, value]];
  };
  return Object.entries(block).flatMap(([name, value]) => below(name, value));
}

/** What the text says as JSON; nothing where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the argument is true, which Terraform also takes as text. */
export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/** Whether the argument is false, which Terraform also takes as text. */
export function isFalse(value: unknown): boolean {
  return value === false || value === "false";
}

/** What the text refers to: the addresses of resources inside its `${…}`. */
export function referencesTo(type: string, value: unknown): string[] {
  if (typeof value !== "string") return [];
  const pattern = new RegExp(`\\b${type}\\.[A-Za-z_][\\w-]*`, "g");
  return [...value.matchAll(/\$\{[^}]*\}/g)].flatMap(([token]) => token.match(pattern) ?? []);
}
