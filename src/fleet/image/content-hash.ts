import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/**
 * A hash of all that a folder hands to `docker build`: relative paths, modes and contents.
 *
 * Of the mode only the executable bit counts, as in git: the others come from the umask of
 * whoever cloned the repository, and one commit must give one hash.
 *
 * @returns 16 hexadecimal digits.
 */
export function contentHash(directory: string): string {
  const hash = createHash("sha256");
  for (const file of filesBelow(directory)) {
    const absolute = path.join(directory, file);
    const mode = statSync(absolute).mode & 0o100 ? "100755" : "100644";
    const content = createHash("sha256").update(readFileSync(absolute)).digest("hex");
    hash.update(`${mode} ${content} ${file}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** The folder's files as relative paths with forward slashes, in an order no locale changes. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((entry) => !statSync(path.join(directory, entry)).isDirectory())
    .map((file) => file.replaceAll(path.sep, "/"))
    .sort();
}
