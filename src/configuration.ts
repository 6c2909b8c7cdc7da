import { readFileSync } from "node:fs";
import path from "node:path";
import { parseEnvironment, type Environment } from "./environment";
import { DOMAIN_LISTS, readDomainList } from "./proxy/domain-list";
import {
  admittedRegions,
  buildsImage,
  parseSettings,
  SETTINGS_KEY,
  strayContextKeys,
  type Settings,
} from "./settings";
import { UserError } from "./user-error";

/** All that a run of the project depends on, validated. */
export interface Configuration {
  readonly settings: Settings;
  readonly environment: Environment;
}

/**
 * Reads the settings from cdktf.json and the environment, and checks the domain lists, where the
 * image they go into is built here: a mistake is better found before the build than in it.
 *
 * @param directory the folder with cdktf.json.
 * @param variables the environment, usually `process.env`.
 * @throws UserError with every mistake in any of them.
 */
export function loadConfiguration(
  directory: string,
  variables: Readonly<Record<string, string | undefined>>,
): Configuration {
  const context = readContext(path.join(directory, "cdktf.json"));
  const input = context[SETTINGS_KEY] ?? {};
  const stray = strayContextKeys(context);
  const settings = parseSettings(input);
  const environment = parseEnvironment(variables, admittedRegions(input));
  const inLists = buildsImage(input) ? domainListMistakes(directory) : [];
  if (
    "settings" in settings &&
    "environment" in environment &&
    stray.length === 0 &&
    inLists.length === 0
  ) {
    return { settings: settings.settings, environment: environment.environment };
  }
  const inSettings = "mistakes" in settings ? settings.mistakes : [];
  const inEnvironment = "mistakes" in environment ? environment.mistakes : [];
  throw new UserError(
    [
      "The configuration has mistakes:",
      ...[...stray, ...inSettings].map((mistake) => `  cdktf.json, context: ${mistake}`),
      ...inEnvironment.map((mistake) => `  environment variable ${mistake}`),
      ...inLists.map((mistake) => `  ${mistake}`),
      "README.md lists all settings and variables.",
    ].join("\n"),
  );
}

function domainListMistakes(directory: string): string[] {
  return Object.values(DOMAIN_LISTS).flatMap((file) => {
    const list = readDomainList(directory, file);
    return "mistakes" in list ? list.mistakes : [];
  });
}

function readContext(file: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const { context = {} } = (content ?? {}) as { context?: unknown };
  if (typeof context !== "object" || context === null || Array.isArray(context)) {
    throw new UserError(`${file}: context is ${JSON.stringify(context)}, and must be an object`);
  }
  return context as Record<string, unknown>;
}
