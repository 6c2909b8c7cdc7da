import type { Configuration } from "../../configuration/configuration";

/** Prints what the configuration may have and most likely does not mean. */
export function printWarnings({ warnings }: Pick<Configuration, "warnings">): void {
  for (const warning of warnings) console.warn(`Warning: ${warning}`);
}
