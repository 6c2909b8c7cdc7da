export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Of the figures of all rounds; the median of an even number is in the middle of two. */
export function summary(values: readonly number[]): Summary {
  const sorted = [...values].sort((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)! };
}
