import { readFileSync } from "node:fs";

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

/** What Terraform itself knows in every block. */
const META_ARGUMENTS = ["count", "for_each", "lifecycle", "depends_on", "provider"];

/**
 * What the binding of a type says against a block of it, as Terraform would: arguments that it does not have,
 * and those missing that it requires, in nested blocks, too.
 *
 * @param type with `data_` in front for a data source.
 */
export function argumentProblems(type: string, block: Readonly<Record<string, unknown>>): string[] {
  const file = type.replace(/^aws_/, "").replaceAll("_", "-");
  const declaration = require.resolve(`@cdktf/provider-aws/lib/${file}`).replace(/js$/, "d.ts");
  const text = readFileSync(declaration, "utf8");
  const config = file.replaceAll(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());
  return problemsOf(text, `${config}Config`, block, type);
}

function problemsOf(text: string, name: string, block: object, at: string): string[] {
  const [, body] = new RegExp(`export interface ${name}\\b[^{]*\\{\\n(.*?)\\n\\}`, "s").exec(text)!;
  const known = new Map(
    [...body!.matchAll(/^ {4}readonly (\w+)(\??): (\w*)/gm)].map(([, property, optional, kind]) => [
      property!.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      { isRequired: optional === "", kind: kind! },
    ]),
  );
  const given = Object.entries(block).filter(([argument]) => !META_ARGUMENTS.includes(argument));
  return [
    ...given.flatMap(([argument, value]) => {
      const property = known.get(argument);
      if (property === undefined) return [`${at} has no ${argument}`];
      const { kind } = property;
      if (!text.includes(`export interface ${kind} `)) return [];
      return (Array.isArray(value) ? (value as object[]) : [value as object]).flatMap((nested) =>
        problemsOf(text, kind, nested, `${at}.${argument}`),
      );
    }),
    ...[...known].flatMap(([argument, { isRequired }]) =>
      isRequired && !(argument in block) ? [`${at} lacks ${argument}`] : [],
    ),
  ];
}
