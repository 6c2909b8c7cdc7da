import { z } from "zod";
import { mistakesOf } from "./schema/mistakes";
import { clientSchema, rulesBetweenParts } from "./schema/proxy-client";
import type { JsonSchema } from "./settings";

/** The key under `context` in cdktf.json that holds a consumer's settings. */
export const CLIENT_SETTINGS_KEY = "proxy-client";

/** Everything that a consumer may set, with the defaults filled in. docs/settings.md has the table. */
export type ConsumerSettings = z.output<typeof clientSchema>;

/** Validates a consumer's settings as written in cdktf.json; of mistakes it names every one. */
export function parseClientSettings(
  input: unknown,
): { settings: ConsumerSettings } | { mistakes: string[] } {
  const result = clientSchema.safeParse(input, { reportInput: true });
  const between = rulesBetweenParts.safeParse(input, { reportInput: true });
  const issues = [
    ...(result.error?.issues ?? []),
    ...(between.error?.issues ?? []).filter(({ code }) => code === "custom"),
  ];
  return result.success && issues.length === 0
    ? { settings: result.data }
    : { mistakes: issues.flatMap((issue) => mistakesOf(CLIENT_SETTINGS_KEY, issue)) };
}

/** The settings as JSON Schema; see `settingsJsonSchema`. */
export function clientSettingsJsonSchema(): JsonSchema {
  return z.toJSONSchema(clientSchema, { io: "input", unrepresentable: "any", target: "draft-7" });
}
