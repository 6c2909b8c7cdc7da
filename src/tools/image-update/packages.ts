/** The Debian packages of an image: their versions by name. */
export type Packages = Readonly<Record<string, string>>;

/** Reads the packages from dpkg's database, `/var/lib/dpkg/status`. */
export function parseStatus(status: string): Packages {
  const packages = status.split("\n\n").flatMap((paragraph) => {
    const name = /^Package: (.*)$/m.exec(paragraph)?.[1];
    const version = /^Version: (.*)$/m.exec(paragraph)?.[1];
    return name !== undefined && version !== undefined ? [[name, version] as const] : [];
  });
  return Object.fromEntries(packages);
}

/** Reads the packages from a record that {@link formatRecord} has written. */
export function parseRecord(record: string): Packages {
  const lines = record.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
}

/** The packages in a text, one a line, in an order no locale changes. */
export function formatRecord(packages: Packages): string {
  const lines = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return `# What the image had on its date in the Dockerfile; written by npm run image:update.\n${lines.sort().join("\n")}\n`;
}

/** What differs between two sets of packages, a line each: `bash 5.2.37-2 → 5.2.37-3`. */
export function changes(before: Packages, after: Packages): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name} ${before[name] ?? "(none)"} → ${after[name] ?? "(none)"}`);
}
