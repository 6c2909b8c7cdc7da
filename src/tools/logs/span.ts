const UNIT_MS = new Map([
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

/** How long ago something began, as people write it: `7d`. */
export interface Span {
  readonly text: string;
  readonly ms: number;
}

export const WEEK: Span = { text: "7d", ms: 604_800_000 };

/** How long a text says, such as `90m`, `12h`, `7d` or `2w`; nothing for any other. */
export function parseSpan(text: string): Span | undefined {
  const [, count = "", unit = ""] = /^([1-9]\d{0,4})(\w)$/.exec(text) ?? [];
  const unitMs = UNIT_MS.get(unit);
  return unitMs === undefined ? undefined : { text, ms: Number(count) * unitMs };
}

/** What is wrong with the `--since` that {@link parseSpan} does not know. */
export function wrongSpan(text: string): string {
  return `--since is ${JSON.stringify(text)}. Allowed: a number with m, h, d or w behind it, such as 90m, 12h, 7d or 2w.`;
}
