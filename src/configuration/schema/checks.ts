import { z } from "zod";
import { alternatives } from "../../common/user-error";
import { unknownKey } from "./mistakes";

// The kinds of value that settings have. Here, and wherever these are used, the `error` of a check is
// the text behind "Allowed:" in the user's message. What `meta` says is in the JSON Schema: there it
// stands for the checks that are functions.

export const integer = (from: number, to: number) => {
  const error = `a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
};

export const oneOf = <const Value extends string>(...values: Value[]) =>
  z.enum(values, { error: alternatives(values) });

export const oneOfNumbers = (values: readonly number[]) => {
  const error = alternatives(values);
  return z
    .number({ error })
    .refine((value) => values.includes(value), { error })
    .meta({ enum: [...values] });
};

export const text = (pattern: RegExp, error: string) =>
  z
    .string({ error })
    .regex(pattern, { error })
    .meta({ errorMessage: `Allowed: ${error}.` });

export const list = <Item extends z.ZodType>(item: Item, error: string) => z.array(item, { error });

/** A list without repetitions, in an order of its own, so that the user's order changes no plan. */
export const set = <Item extends z.ZodType<string> | z.ZodType<number>>(
  item: Item,
  error: string,
) =>
  list(item, error)
    .refine((items) => new Set(items).size === items.length, { error: "each entry once" })
    .meta({ uniqueItems: true })
    .transform((items) => [...items].sort((one, other) => (one < other ? -1 : 1)));

/** An object that names the nearest known key for every key it does not know. */
export const group = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownKey(key, Object.keys(shape))).join("\n")
        : "an object",
  });
