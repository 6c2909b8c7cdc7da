import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { contentHash } from "../../../src/fleet/image/content-hash";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "content-hash-"));
  writeFileSync(path.join(directory, "a"), "one");
  mkdirSync(path.join(directory, "sub"));
  writeFileSync(path.join(directory, "sub", "b"), "two", { mode: 0o644 });
});

afterEach(() => rmSync(directory, { recursive: true }));

test("is the same for the same files anywhere, whatever the umask", () => {
  const copy = `${directory}-copy`;
  cpSync(directory, copy, { recursive: true });
  chmodSync(path.join(copy, "a"), 0o600);
  expect(contentHash(copy)).toBe(contentHash(directory));
  expect(contentHash(copy)).toMatch(/^[0-9a-f]{16}$/);
  rmSync(copy, { recursive: true });
});

test.each<[string, (directory: string) => void]>([
  ["content", (dir) => writeFileSync(path.join(dir, "sub", "b"), "other")],
  ["name", (dir) => renameSync(path.join(dir, "a"), path.join(dir, "c"))],
  ["place", (dir) => renameSync(path.join(dir, "a"), path.join(dir, "sub", "a"))],
  ["executable bit", (dir) => chmodSync(path.join(dir, "sub", "b"), 0o755)],
  ["number", (dir) => rmSync(path.join(dir, "a"))],
])("changes with the %s of a file", (_, change) => {
  const before = contentHash(directory);
  change(directory);
  expect(contentHash(directory)).not.toBe(before);
});
