import { readFileSync } from "node:fs";
import path from "node:path";
import { parseEnvironment, type Environment } from "./environment";
import { parseSettings, SETTINGS_KEY, type Settings } from "./settings";
import { UserError } from "./user-error";

/** All that a run of the project depends on, validated. */
export interface Configuration {
  readonly settings: Settings;
  readonly environment: Environment;
}

/**
 * Reads the settings from cdktf.json and the environment.
 *
 * @param directory the folder with cdktf.json.
 * @param variables the environment, usually `process.env`.
 * @throws UserError with every mistake in either.
 */
export function loadConfiguration(
  directory: string,
  variables: Readonly<Record<string, string | undefined>>,
): Configuration {
  const settings = parseSettings(readSettings(path.join(directory, "cdktf.json")));
  const environment = parseEnvironment(
    variables,
    "settings" in settings ? settings.settings.regions : undefined,
  );
  if ("settings" in settings && "environment" in environment) {
    return { settings: settings.settings, environment: environment.environment };
  }
  const inSettings = "mistakes" in settings ? settings.mistakes : [];
  const inEnvironment = "mistakes" in environment ? environment.mistakes : [];
  throw new UserError(
    [
      "The fleet cannot be synthesised as configured:",
      ...inSettings.map((mistake) => `  cdktf.json, context: ${mistake}`),
      ...inEnvironment.map((mistake) => `  environment variable ${mistake}`),
      "README.md lists all settings and variables.",
    ].join("\n"),
  );
}

function readSettings(file: string): unknown {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const { context } = content as { context?: Record<string, unknown> };
  return context?.[SETTINGS_KEY] ?? {};
}
