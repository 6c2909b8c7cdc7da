import { UserError } from "../common/user-error";
import type { Rules } from "../fleet/rules/rule-set";
import { parseEnvironment, type Environment } from "./environment";
import { exceededQuotas } from "./quotas";
import { readRules } from "./rules/read-rules";
import { admittedRegions, parseSettings, type Settings } from "./settings";
import { readSettingsFile, SETTINGS_FILE } from "./settings-file";

/** All that a run of the project depends on, validated. */
export interface Configuration {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly rules: Rules;
  /** What is allowed and most likely not meant, a line each. */
  readonly warnings: readonly string[];
}

/**
 * Reads the settings from cdktf.json, the environment, and the rules.
 *
 * @param directory the folder with cdktf.json and `rules`.
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
  const { rules, warnings, ...read } = readRules(directory, file.input);
  const mistakes = [
    ...file.mistakes,
    ...[...mistakesIn(settings), ...read.settingMistakes].map(
      (mistake) => `${SETTINGS_FILE}, context: ${mistake}`,
    ),
    ...mistakesIn(environment).map((mistake) => `environment variable ${mistake}`),
    ...read.mistakes,
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
    rules,
    warnings: [
      ...warnings,
      ...unheardAlarms(settings.settings),
      ...exceededQuotas(settings.settings).map((line) => `${SETTINGS_FILE}: ${line}`),
    ],
  };
}

/** Alarms that tell nobody are seen by whoever looks at the dashboard, and that may be meant. */
function unheardAlarms({ alarms }: Settings): string[] {
  if (alarms.mode === "off" || alarms.topicArn !== undefined || alarms.email.length > 0) return [];
  return [
    `${SETTINGS_FILE}: the alarms tell nobody. Set alarms.email or alarms.topicArn, or "mode": "off" in alarms.`,
  ];
}

function mistakesIn(parsed: object | { readonly mistakes: readonly string[] }): readonly string[] {
  return "mistakes" in parsed ? parsed.mistakes : [];
}
