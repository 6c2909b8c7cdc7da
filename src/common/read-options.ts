import { parseArgs } from "node:util";

/** The options of a command, by their names. */
export type Options = Readonly<
  Record<string, { readonly type: "string" | "boolean"; readonly default?: string }>
>;

type Values<T extends Options> = {
  readonly [Name in keyof T]?: T[Name]["type"] extends "string" ? string : boolean;
};

/**
 * What the arguments of a command say, and what is wrong with them, a line each. `parseArgs` alone names the
 * first mistake only.
 */
export function readOptions<T extends Options>(
  args: readonly string[],
  options: T,
): { readonly values: Values<T>; readonly mistakes: string[] } {
  const { values, tokens } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const mistakes = tokens.flatMap((token): string[] => {
    if (token.kind === "positional") return [`${JSON.stringify(token.value)} is no option.`];
    if (token.kind === "option-terminator") return [];
    const { name, rawName, value } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) return [`${JSON.stringify(rawName)} is no option.`];
    const takesValue = option.type === "string";
    if (takesValue && value === undefined) return [`${rawName} takes a value.`];
    return takesValue || value === undefined ? [] : [`${rawName} takes no value.`];
  });
  const isOfType = ([name, value]: [string, unknown]) => typeof value === options[name]?.type;
  return {
    values: Object.fromEntries(Object.entries(values).filter(isOfType)) as Values<T>,
    mistakes,
  };
}
