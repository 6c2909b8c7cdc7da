import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DOMAIN_LISTS } from "../../src/configuration/domain-lists/domain-list";
import { SETTINGS_KEY } from "../../src/configuration/settings";

export const CHECKOUT = path.resolve(__dirname, "../..");

const config = JSON.parse(readFileSync(path.join(CHECKOUT, "cdktf.json"), "utf8")) as {
  readonly app: string;
};

/** The command by which `cdktf synth` runs the app. */
export const APP = config.app;

/**
 * Copies parts of the checkout into a folder, with the dependencies, and with settings and domain
 * lists as they are where nobody has filled them in: what tests expect must hold whatever people have
 * set up in their own checkouts.
 */
export function copyCheckout(root: string, parts: readonly string[]): void {
  for (const part of parts) {
    cpSync(path.join(CHECKOUT, part), path.join(root, part), { recursive: true });
  }
  symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(root, "node_modules"));
  if (existsSync(path.join(root, "squid"))) emptyDomainLists(path.join(root, "squid"));
  configure(root, {});
}

/** Writes a copy's cdktf.json: the checkout's own, with other settings. */
export function configure(root: string, settings: unknown): void {
  const context = { [SETTINGS_KEY]: settings };
  writeFileSync(path.join(root, "cdktf.json"), JSON.stringify({ ...config, context }));
}

/** Leaves no domain on the lists of a copy of squid/. */
export function emptyDomainLists(squid: string): void {
  for (const list of Object.values(DOMAIN_LISTS)) {
    writeFileSync(path.join(squid, path.basename(list)), "# No domain.\n");
  }
}
