import { UserError } from "../common/user-error";
import { CLIENT_SETTINGS_KEY, parseClientSettings, type ConsumerSettings } from "./client-settings";
import { parseEnvironment, type Environment } from "./environment";
import { readSettingsFile, SETTINGS_FILE } from "./settings-file";

/** All that a consumer's stack depends on, validated. */
export interface ClientConfiguration {
  readonly settings: ConsumerSettings;
  readonly environment: Environment;
}

/**
 * Reads a consumer's settings from cdktf.json, and the environment. What is set there for a fleet is
 * passed over.
 *
 * @param directory the folder with cdktf.json.
 * @param variables the environment, usually `process.env`.
 * @throws UserError with every mistake in any of them.
 */
export function loadClientConfiguration(
  directory: string,
  variables: Readonly<Record<string, string | undefined>>,
): ClientConfiguration {
  const file = readSettingsFile(directory);
  if (file.clientInput === undefined) {
    throw new UserError(
      [
        ...file.mistakes,
        `${SETTINGS_FILE}, context: ${CLIENT_SETTINGS_KEY} is missing. It needs the name of the fleet's service, such as ` +
          `"${CLIENT_SETTINGS_KEY}": { "serviceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0" }`,
      ].join("\n"),
    );
  }
  const parsed = parseClientSettings(file.clientInput);
  const regions = "settings" in parsed ? parsed.settings.regions : undefined;
  const environment = parseEnvironment(variables, regions);
  const mistakes = [
    ...file.mistakes,
    ...("mistakes" in parsed ? parsed.mistakes : []).map(
      (mistake) => `${SETTINGS_FILE}, context: ${mistake}`,
    ),
    ...("mistakes" in environment ? environment.mistakes : []).map(
      (mistake) => `environment variable ${mistake}`,
    ),
  ];
  if ("mistakes" in parsed || "mistakes" in environment || mistakes.length > 0) {
    throw new UserError(
      [
        "The consumer's configuration has mistakes:",
        ...mistakes.map((mistake) => `  ${mistake}`),
        "docs/settings.md lists all settings and variables.",
      ].join("\n"),
    );
  }
  return { ...parsed, ...environment };
}
