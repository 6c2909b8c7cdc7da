import { table } from "../../common/markdown";
import type { JsonSchema } from "../settings";
import { describedSettings, type DescribedSetting } from "./described-settings";

/** A table of docs/settings.md: every setting of a schema, with its default and what it means. */
export function settingsTable(schema: JsonSchema): string {
  const rows = describedSettings(schema)
    .filter(({ schema }) => schema.properties === undefined)
    .map((setting) => [`\`${setting.path}\``, byDefault(setting), meaning(setting)]);
  return table(["Setting", "Default", "Meaning"], rows);
}

function byDefault({ schema, isRequired, parent }: DescribedSetting): string {
  if (schema.default !== undefined) return `\`${JSON.stringify(schema.default)}\``;
  if (isRequired && (parent === "" || parent.endsWith("[]"))) return "required";
  return schema.byDefault ?? "none";
}

function meaning({ schema }: DescribedSetting): string {
  const { description = "", minimum, maximum } = schema;
  const values = (schema.enum ?? []).map((value) =>
    typeof value === "string" ? `\`"${value}"\`` : String(value),
  );
  if (!values.every((value) => description.includes(value))) {
    return `${description}. Allowed: ${values.join(", ")}`;
  }
  return minimum === undefined ? description : `${description}. Allowed: ${minimum} to ${maximum}`;
}
