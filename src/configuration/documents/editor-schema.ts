import { CLIENT_SETTINGS_KEY, clientSettingsJsonSchema } from "../client-settings";
import { SETTINGS_KEY, settingsJsonSchema, type JsonSchema } from "../settings";

/** cdktf.json as JSON Schema, of the draft that editors know best, with descriptions that they show. */
export function editorSchema(): JsonSchema {
  const { $schema, ...settings } = settingsJsonSchema();
  const clientSettings = { ...clientSettingsJsonSchema(), $schema: undefined };
  const properties = { [SETTINGS_KEY]: settings, [CLIENT_SETTINGS_KEY]: clientSettings };
  const context = { type: "object", properties };
  const schema = { $schema, type: "object", properties: { context } };
  return JSON.parse(JSON.stringify(schema, forEditors)) as JsonSchema;
}

/** Puts descriptions into plain text, and what is the default where there is no fixed one. */
function forEditors(_: string, value: unknown): unknown {
  if (!isDescribed(value)) return value;
  const { description, byDefault, ...rest } = value;
  const text = description.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1");
  return {
    description: byDefault === undefined ? `${text}.` : `${text}. Default: ${byDefault}.`,
    ...rest,
  };
}

function isDescribed(
  value: unknown,
): value is { readonly description: string; readonly byDefault?: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "description" in value &&
    typeof value.description === "string"
  );
}
