import { closest, distance } from "fastest-levenshtein";
import { written } from "./schema/schema";
import { CLIENT_SETTINGS_KEY } from "./client-settings";
import { SETTINGS_KEY } from "./settings";

/** What is wrong with cdktf.json's keys beside the context: settings that nothing reads there. */
export function strayFileKeys(content: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(content).flatMap((key) => {
    if (key === SETTINGS_KEY || key === CLIENT_SETTINGS_KEY)
      return [`"${key}" belongs inside "context".`];
    if (key in written.shape) {
      return [`"${key}" belongs inside "${SETTINGS_KEY}", which is inside "context".`];
    }
    const isTypo = key !== "context" && distance(key, "context") <= 2;
    return isTypo ? [`"${key}" is not read. Did you mean "context"?`] : [];
  });
}

/** What is wrong with the other keys of the context: a misspelt fleet, or a setting outside it. */
export function strayContextKeys(context: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(context)
    .filter((key) => key !== SETTINGS_KEY && key !== CLIENT_SETTINGS_KEY)
    .flatMap((key) => {
      if (key in written.shape) return [`"${key}" belongs inside "${SETTINGS_KEY}".`];
      const nearest = closest(key, [SETTINGS_KEY, CLIENT_SETTINGS_KEY]);
      const isTypo = distance(key, nearest) <= 3;
      return isTypo ? [`"${key}" is not read. Did you mean "${nearest}"?`] : [];
    });
}
