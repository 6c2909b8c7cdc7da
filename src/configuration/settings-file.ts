import { readFileSync } from "node:fs";
import path from "node:path";
import { parseJson } from "../common/json-file";
import { UserError } from "../common/user-error";
import { CLIENT_SETTINGS_KEY } from "./client-settings";
import { SETTINGS_KEY } from "./settings";
import { strayContextKeys, strayFileKeys } from "./stray-keys";

/** The file that cdktf reads too, with the fleet's settings under `context`. */
export const SETTINGS_FILE = "cdktf.json";

/** What {@link readSettingsFile} found. */
export interface SettingsFile {
  /** The fleet's settings as they are written. */
  readonly input: unknown;
  /** A consumer's; nothing where there are none. */
  readonly clientInput: unknown;
  /** What is twice in the file, and settings in places where nothing reads them; a line each. */
  readonly mistakes: readonly string[];
}

/**
 * Reads the settings from the file, without a look at what they are.
 *
 * @param directory the folder with the file.
 * @throws UserError where the file cannot be read, or is no JSON of that form.
 */
export function readSettingsFile(directory: string): SettingsFile {
  const parsed = parseJson(readFile(path.join(directory, SETTINGS_FILE)), SETTINGS_FILE);
  if ("mistakes" in parsed) {
    throw new UserError([`${SETTINGS_FILE} is no JSON:`, ...parsed.mistakes].join("\n  "));
  }
  const { value: content, duplicates } = parsed;
  if (!isObject(content)) {
    throw new UserError(`${SETTINGS_FILE} is ${JSON.stringify(content)}, and must be an object`);
  }
  const { context = {} } = content;
  if (!isObject(context)) {
    throw new UserError(
      `${SETTINGS_FILE}: context is ${JSON.stringify(context)}, and must be an object`,
    );
  }
  return {
    input: SETTINGS_KEY in context ? context[SETTINGS_KEY] : {},
    clientInput: context[CLIENT_SETTINGS_KEY],
    mistakes: [
      ...duplicates,
      ...strayFileKeys(content).map((mistake) => `${SETTINGS_FILE}: ${mistake}`),
      ...strayContextKeys(context).map((mistake) => `${SETTINGS_FILE}, context: ${mistake}`),
    ],
  };
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
