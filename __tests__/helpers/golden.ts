import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Compares a text with a file that people have read and found good. With `UPDATE_GOLDEN=1` in the
 * environment the file is written anew, and `git diff` shows what has changed.
 */
export function expectGolden(file: string, text: string): void {
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, "utf8"));
}
