import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RuleEndpoint } from "../../src/fleet/rules/rule-objects";
import type { DomainFilter, Rule, UnknownClients } from "../../src/fleet/rules/rule-set";
import { storeObjects as storeObjectsOf } from "../../src/tools/rules/store-objects";

/** A set as a test has it, of lines without comments. */
export interface TestSet {
  readonly domainFilter?: DomainFilter;
  readonly allowed?: readonly string[];
  readonly denied?: readonly string[];
}

/** Rules as a test has them: of the set "default", or of several sets. */
export interface TestRules extends TestSet {
  readonly sets?: Readonly<Record<string, TestSet>>;
  readonly always?: readonly string[];
  readonly endpoints?: readonly RuleEndpoint[];
  readonly unknownClients?: UnknownClients;
}

/** The store's objects, by their keys. */
export function storeObjects(rules: TestRules): Readonly<Record<string, string>> {
  return storeOf(rules).objects;
}

/** What the proxies call this version of the rules. */
export function versionOf(rules: TestRules): string {
  return storeOf(rules).version;
}

/** Writes a store into a folder, as Terraform writes it into the bucket: the index last. */
export function writeStore(folder: string, rules: TestRules): void {
  writeObjects(folder, storeObjects(rules));
}

/** The same, with objects that are there already. */
export function writeObjects(folder: string, objects: Readonly<Record<string, string>>): void {
  mkdirSync(path.join(folder, "sets"), { recursive: true });
  for (const [key, content] of Object.entries(objects)) {
    const file = path.join(folder, key);
    writeFileSync(`${file}.new`, content, { mode: 0o644 });
    renameSync(`${file}.new`, file);
  }
}

function storeOf({ sets = {}, always = [], endpoints = [], ...rules }: TestRules) {
  return storeObjectsOf({
    rules: {
      sets: Object.entries({ default: rules, ...sets }).map(([name, set]) => ({
        name,
        domainFilter: set.domainFilter ?? "enforce",
        allowed: rulesOf(set.allowed),
        denied: rulesOf(set.denied),
      })),
      always: rulesOf(always),
    },
    endpoints,
    unknownClients: rules.unknownClients ?? "default",
    region: "us-east-1",
  });
}

function rulesOf(texts: readonly string[] = []): Rule[] {
  return texts.map((text, index) => ({ text, file: "test", line: index + 1 }));
}
