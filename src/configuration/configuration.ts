import { UserError } from "../common/user-error";
import { readDomainLists } from "./domain-lists/domain-lists";
import type { DomainLists } from "./domain-lists/domain-match";
import { parseEnvironment, type Environment } from "./environment";
import { admittedRegions, buildsImage, parseSettings, type Settings } from "./settings";
import { readSettingsFile, SETTINGS_FILE } from "./settings-file";

/** All that a run of the project depends on, validated. */
export interface Configuration {
  readonly settings: Settings;
  readonly environment: Environment;
  /** Those of the image that is built here; nothing where another is named, with lists of its own. */
  readonly domainLists: DomainLists | undefined;
  /** What is allowed and most likely not meant, a line each. */
  readonly warnings: readonly string[];
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
  const file = readSettingsFile(directory);
  const settings = parseSettings(file.input);
  const environment = parseEnvironment(variables, admittedRegions(file.input));
  const task = "settings" in settings ? taskOf(settings.settings) : undefined;
  const lists = buildsImage(file.input) ? readDomainLists(directory, task) : undefined;
  const mistakes = [
    ...file.mistakes,
    ...mistakesIn(settings).map((mistake) => `${SETTINGS_FILE}, context: ${mistake}`),
    ...mistakesIn(environment).map((mistake) => `environment variable ${mistake}`),
    ...(lists?.mistakes ?? []),
  ];
  if ("mistakes" in settings || "mistakes" in environment || mistakes.length > 0) {
    throw new UserError(
      [
        "The configuration has mistakes:",
        ...mistakes.map((mistake) => `  ${mistake}`),
        "docs/settings.md lists all settings and variables.",
      ].join("\n"),
    );
  }
  return {
    ...settings,
    ...environment,
    domainLists: lists?.lists,
    warnings: lists?.warnings ?? [],
  };
}

function mistakesIn(parsed: object | { readonly mistakes: readonly string[] }): readonly string[] {
  return "mistakes" in parsed ? parsed.mistakes : [];
}

function taskOf({ service, proxy }: Settings) {
  return { ...service, sniCheck: proxy.sniCheck };
}
