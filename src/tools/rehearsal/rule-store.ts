import { chmod, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";

/** The folder of the web server that stands in for the bucket with the rules. */
export class RuleStore {
  constructor(private readonly directory: string) {}

  /** Writes the objects that have changed, in the order given, and removes others last. */
  async write(objects: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, content] of Object.entries(objects)) {
      if ((await this.read(key)) !== content) await this.put(key, content);
    }
    for (const entry of await readdir(this.directory, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() && !(path.relative(this.directory, file) in objects)) await rm(file);
    }
  }

  /**
   * Writes one object, at once or not at all.
   *
   * @param modified when it was written, as the web server says. @default - now
   */
  async put(key: string, content: string, modified = new Date()): Promise<void> {
    const file = path.join(this.directory, key);
    const draft = `${file}.new`;
    for (const folder of [this.directory, path.dirname(file)]) {
      await mkdir(folder, { recursive: true });
      // The web server is another user.
      await chmod(folder, 0o755);
    }
    await writeFile(draft, content);
    await chmod(draft, 0o644);
    await utimes(draft, modified, modified);
    await rename(draft, file);
  }

  /** An object; nothing where there is none. */
  private read(key: string): Promise<string | undefined> {
    return readFile(path.join(this.directory, key), "utf8").catch(() => undefined);
  }
}
