import { readOptions } from "../../common/read-options";
import type { PeakProps } from "./trace";

export const USAGE =
  "npm run capacity -- --peak-tunnels <number> [--tunnel-seconds 60] [--megabytes-per-second 0]";

const OPTIONS = {
  "peak-tunnels": { type: "string" },
  "tunnel-seconds": { type: "string", default: "60" },
  "megabytes-per-second": { type: "string", default: "0" },
} as const;

const RANGES = {
  "peak-tunnels": [1, 1_000_000],
  "tunnel-seconds": [1, 86_400],
  "megabytes-per-second": [0, 100_000],
} as const;

/** What the arguments of {@link USAGE} say of the peak, or what is wrong with them, a line each. */
export function parseCapacityOptions(
  args: readonly string[],
): PeakProps | { readonly mistakes: readonly string[] } {
  const { values, mistakes } = readOptions(args, OPTIONS);
  const number = (name: keyof typeof OPTIONS): number => {
    const [least, most] = RANGES[name];
    const given = values[name];
    const value = Number(given);
    if (given === undefined) {
      if (!args.some((arg) => arg.startsWith(`--${name}`))) mistakes.push(`--${name} is missing.`);
    } else if (!/^\d+(\.\d+)?$/.test(given) || value < least || value > most) {
      mistakes.push(
        `--${name} is ${JSON.stringify(given)}. Allowed: a number from ${least} to ${most}.`,
      );
    }
    return value;
  };
  const peak = {
    tunnels: number("peak-tunnels"),
    lifetimeSeconds: number("tunnel-seconds"),
    megabytesPerSecond: number("megabytes-per-second"),
  };
  return mistakes.length === 0 ? peak : { mistakes: [...mistakes, `Type: ${USAGE}`] };
}
