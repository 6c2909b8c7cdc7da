import { readFileSync } from "node:fs";
import path from "node:path";
import { parseEnvironment, type Environment } from "./environment";
import { parseJson } from "../common/json-file";
import { DOMAIN_LISTS, parseDomainList, readListFile } from "./domain-lists/domain-list";
import { listCapacityMistake } from "./domain-lists/domain-list-capacity";
import { publicSuffixWarnings } from "./domain-lists/public-suffixes";
import {
  admittedRegions,
  buildsImage,
  parseSettings,
  SETTINGS_KEY,
  type Settings,
} from "./settings";
import { strayContextKeys, strayFileKeys } from "./stray-keys";
import { UserError } from "../common/user-error";

/** The file that cdktf reads too, with the fleet's settings under `context`. */
const SETTINGS_FILE = "cdktf.json";

/** All that a run of the project depends on, validated. */
export interface Configuration {
  readonly settings: Settings;
  readonly environment: Environment;
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
  const { content, context, duplicates } = readSettingsFile(directory);
  const input = SETTINGS_KEY in context ? context[SETTINGS_KEY] : {};
  const stray = [
    ...duplicates,
    ...strayFileKeys(content).map((mistake) => `${SETTINGS_FILE}: ${mistake}`),
    ...strayContextKeys(context).map((mistake) => `${SETTINGS_FILE}, context: ${mistake}`),
  ];
  const settings = parseSettings(input);
  const environment = parseEnvironment(variables, admittedRegions(input));
  const lists = buildsImage(input) ? readLists(directory) : NO_LISTS;
  const inLists = [
    ...lists.mistakes,
    ...("settings" in settings ? tooLong(lists.domains, settings.settings) : []),
  ];
  if (
    "settings" in settings &&
    "environment" in environment &&
    stray.length === 0 &&
    inLists.length === 0
  ) {
    return {
      settings: settings.settings,
      environment: environment.environment,
      warnings: lists.warnings,
    };
  }
  const inSettings = "mistakes" in settings ? settings.mistakes : [];
  const inEnvironment = "mistakes" in environment ? environment.mistakes : [];
  throw new UserError(
    [
      "The configuration has mistakes:",
      ...stray.map((mistake) => `  ${mistake}`),
      ...inSettings.map((mistake) => `  ${SETTINGS_FILE}, context: ${mistake}`),
      ...inEnvironment.map((mistake) => `  environment variable ${mistake}`),
      ...inLists.map((mistake) => `  ${mistake}`),
      "docs/settings.md lists all settings and variables.",
    ].join("\n"),
  );
}

interface ReadLists {
  readonly domains: readonly string[];
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

const NO_LISTS: ReadLists = { domains: [], mistakes: [], warnings: [] };

function readLists(directory: string): ReadLists {
  const lists = Object.values(DOMAIN_LISTS).map((file): Partial<ReadLists> => {
    const list = readListFile(directory, file);
    if ("mistakes" in list) return list;
    const parsed = parseDomainList(file, list.content);
    if ("mistakes" in parsed) return parsed;
    const warnings = file === DOMAIN_LISTS.allowed ? publicSuffixWarnings(file, list.content) : [];
    return { ...parsed, warnings };
  });
  return {
    domains: lists.flatMap(({ domains = [] }) => domains),
    mistakes: lists.flatMap(({ mistakes = [] }) => mistakes),
    warnings: lists.flatMap(({ warnings = [] }) => warnings),
  };
}

function tooLong(domains: readonly string[], { service, proxy }: Settings): string[] {
  const size = { domains: domains.length, characters: domains.join("").length };
  const mistake = listCapacityMistake(size, { ...service, sniCheck: proxy.sniCheck });
  return mistake === undefined ? [] : [mistake];
}

/** A JSON object. */
type JsonObject = Readonly<Record<string, unknown>>;

/** The file's content, its context, and what is in it twice. */
function readSettingsFile(directory: string) {
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
  return { content, context, duplicates };
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
