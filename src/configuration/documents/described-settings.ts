import { settingsJsonSchema, type JsonSchema } from "../settings";

/** A setting, or a group of them, as the schema describes it. */
export interface DescribedSetting {
  /** For example `service.cpu` or `clients[].name`; `[]` stands for each entry of a list. */
  readonly path: string;
  /** The path of the group that it belongs to; empty for the outermost. */
  readonly parent: string;
  readonly schema: JsonSchema;
  /** Whether its group cannot be without it. */
  readonly isRequired: boolean;
}

/** All settings and groups, each group before what is in it. */
export function describedSettings(
  group: JsonSchema = settingsJsonSchema(),
  parent = "",
): DescribedSetting[] {
  const { properties = {}, required = [] } = group;
  return Object.entries(properties).flatMap(([key, property]) => {
    const schema = property as JsonSchema;
    const path = parent === "" ? key : `${parent}.${key}`;
    const setting = { path, parent, schema, isRequired: required.includes(key) };
    const { items } = schema;
    return items === undefined
      ? [setting, ...describedSettings(schema, path)]
      : [setting, ...describedSettings(items as JsonSchema, `${path}[]`)];
  });
}
