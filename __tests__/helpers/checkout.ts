import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { listFile, type List } from "../../src/configuration/rules/rule-folder";
import { SETTINGS_KEY } from "../../src/configuration/settings";

export const CHECKOUT = path.resolve(__dirname, "../..");

const config = JSON.parse(readFileSync(path.join(CHECKOUT, "cdktf.json"), "utf8")) as {
  readonly app: string;
};

/** The command by which `cdktf synth` runs the app. */
export const APP = config.app;

/**
 * Copies parts of the checkout into a folder, with the dependencies, and with settings and rules as
 * they are where nobody has filled them in: what tests expect must hold whatever people have
 * set up in their own checkouts.
 */
export function copyCheckout(root: string, parts: readonly string[]): void {
  for (const part of parts) {
    cpSync(path.join(CHECKOUT, part), path.join(root, part), { recursive: true });
  }
  symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(root, "node_modules"));
  copyRules(root);
  configure(root, {});
}

/** Puts the bundles into a copy, and a default set that lists nothing. */
export function copyRules(root: string): void {
  cpSync(path.join(CHECKOUT, "rules/bundles"), path.join(root, "rules/bundles"), {
    recursive: true,
  });
  writeRuleSet(root, "default");
}

/** Writes a rule set's lists into a copy. */
export function writeRuleSet(root: string, set: string, lists: Partial<Record<List, string>> = {}) {
  for (const list of ["allowed", "denied"] as const) {
    const file = path.join(root, listFile(set, list));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, lists[list] ?? "");
  }
}

/** Writes a copy's cdktf.json: the checkout's own, with other settings. */
export function configure(root: string, settings: unknown): void {
  const context = { [SETTINGS_KEY]: settings };
  writeFileSync(path.join(root, "cdktf.json"), JSON.stringify({ ...config, context }));
}
