import { closest, distance } from "fastest-levenshtein";

/** The known name that was probably meant; nothing where none is near. */
export function nearestTo(name: string, known: readonly string[]): string | undefined {
  const nearest = closest(name, known);
  return distance(name, nearest) <= Math.max(2, name.length / 3) ? nearest : undefined;
}
