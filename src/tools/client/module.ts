import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../common/user-error";

/** The module, as it is kept in the checkout. */
export const MODULE = path.join("client", "module");

/** The module's files, relative to its folder. */
export function moduleFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .sort();
}

/**
 * Writes the module into a folder that is empty or not there yet, all of it or nothing. A folder that has it
 * already, as it is now, stays so.
 *
 * @returns its files, relative to the folder.
 * @throws UserError for a folder with anything else in it, or that cannot be written.
 */
export function writeModule(root: string, folder: string): readonly string[] {
  const source = path.join(root, MODULE);
  const files = moduleFiles(source);
  try {
    if (isModule(source, files, folder)) return files;
    requireEmpty(folder);
    // Beside it, so that it takes its place in one step.
    const copy = `${folder}.${process.pid}`;
    mkdirSync(copy);
    try {
      cpSync(source, copy, { recursive: true });
      if (existsSync(folder)) rmdirSync(folder);
      renameSync(copy, folder);
    } catch (error) {
      rmSync(copy, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${folder} cannot be written (${code}). Name a folder in one that exists, and that you may write to.`,
    );
  }
  return files;
}

function isModule(source: string, files: readonly string[], folder: string): boolean {
  if (!existsSync(folder)) return false;
  const found = moduleFiles(folder);
  return (
    found.length === files.length &&
    found.every((file) => files.includes(file) && read(source, file) === read(folder, file))
  );
}

function read(folder: string, file: string): string {
  return readFileSync(path.join(folder, file), "utf8");
}

function requireEmpty(folder: string): void {
  const [first, ...others] = existsSync(folder) ? readdirSync(folder).sort() : [];
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  throw new UserError(
    `${folder} has other files: ${first}${more}. Name an empty folder, or one that does not exist yet.`,
  );
}
