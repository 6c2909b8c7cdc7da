import { z } from "zod";
import { DEFAULT_REGIONS } from "../common/regions";
import { mistakesOf } from "./schema/mistakes";
import { rulesBetweenGroups } from "./schema/rules-between-groups";
import { schema } from "./schema/schema";

/** The key under `context` in cdktf.json that holds the fleet's settings. */
export const SETTINGS_KEY = "proxy-fleet";

/** Everything that a user may set, with the defaults filled in. docs/settings.md has the table. */
export type Settings = z.output<typeof schema>;
/** The settings of one client VPC. */
export type ClientSettings = Settings["clients"][number];

/** What {@link parseSettings} found: the settings, or every mistake in them, a line each. */
export type ParsedSettings = { settings: Settings } | { mistakes: string[] };

/** Validates the fleet's settings as written in cdktf.json and fills in the defaults. */
export function parseSettings(input: unknown): ParsedSettings {
  const result = schema.safeParse(input, { reportInput: true });
  const between = rulesBetweenGroups.safeParse(input, { reportInput: true });
  const issues = [
    ...(result.error?.issues ?? []),
    ...(between.error?.issues ?? []).filter(({ code }) => code === "custom"),
  ];
  return result.success && issues.length === 0
    ? { settings: result.data }
    : { mistakes: issues.flatMap((issue) => mistakesOf(SETTINGS_KEY, issue)) };
}

/**
 * The regions that the settings admit, as far as those of the account and the regions themselves
 * are right; nothing where they are not.
 */
export function admittedRegions(input: unknown): readonly string[] | undefined {
  const { data } = rulesBetweenGroups.safeParse(input);
  return data?.regions ?? (data?.account && DEFAULT_REGIONS[data.account]);
}

/** A part of {@link settingsJsonSchema}. */
export type JsonSchema = z.core.JSONSchema.BaseSchema & {
  /** In a few words, what there is without a setting that has no `default`. */
  readonly byDefault?: string;
};

/**
 * The settings as JSON Schema, draft 7, for whatever must know all of them. What only code can check,
 * rules between settings above all, is not in it.
 */
export function settingsJsonSchema(): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any", target: "draft-7" });
}
