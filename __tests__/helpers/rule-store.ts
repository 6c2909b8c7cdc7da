import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  INDEX_KEY,
  indexBody,
  indexChecksum,
  setKey,
  setObject,
  type RuleEndpoint,
} from "../../src/fleet/rules/rule-objects";
import type { DomainFilter, Rule, UnknownClients } from "../../src/fleet/rules/rule-set";

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
export function storeObjects(rules: TestRules): Record<string, string> {
  const region = "us-east-1";
  const objects: Record<string, string> = {};
  const sets = Object.entries({ default: rules, ...rules.sets }).map(([name, set]) => {
    const { domainFilter = "enforce", allowed = [], denied = [] } = set;
    const content = setObject(
      { name, domainFilter, allowed: allowed.map(rule), denied: denied.map(rule) },
      region,
    );
    objects[setKey(name)] = content;
    return { name, domainFilter, sha256: sha256(content) };
  });
  const body = indexBody({
    sets,
    region,
    always: (rules.always ?? []).map(rule),
    endpoints: rules.endpoints ?? [],
    unknownClients: rules.unknownClients ?? "default",
  });
  return { ...objects, [INDEX_KEY]: body + indexChecksum(sha256(body)) };
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

/** What the proxies call this version of the rules. */
export function versionOf(rules: TestRules): string {
  return /sha256 (\w{12})\w*\n$/.exec(storeObjects(rules)[INDEX_KEY]!)![1]!;
}

const rule = (text: string): Rule => ({ text, file: "test", line: 1 });

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
