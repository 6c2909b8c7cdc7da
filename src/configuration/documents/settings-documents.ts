import { readFileSync } from "node:fs";
import path from "node:path";
import { fill } from "../../common/markdown";
import { clientSettingsJsonSchema } from "../client-settings";
import { settingsJsonSchema } from "../settings";
import { editorSchema } from "./editor-schema";
import { settingsTable } from "./settings-table";

/** A file that is made from the settings' schema, wholly or in part. */
export interface SettingsDocument {
  /** Relative to the checkout. */
  readonly file: string;
  /** What it should hold. */
  readonly content: string;
}

/**
 * The table of the settings, within its page, and the JSON Schema for editors.
 *
 * @param root the checkout.
 */
export function settingsDocuments(root: string): readonly SettingsDocument[] {
  const page = "docs/settings.md";
  const written = readFileSync(path.join(root, page), "utf8");
  return [
    {
      file: page,
      content: fill(written, {
        settings: settingsTable(settingsJsonSchema()),
        "consumer settings": settingsTable(clientSettingsJsonSchema()),
      }),
    },
    {
      file: "docs/settings.schema.json",
      content: `${JSON.stringify(editorSchema(), null, 2)}\n`,
    },
  ];
}
