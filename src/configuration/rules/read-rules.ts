import { nearestTo } from "../../common/nearest";
import type { Rule, Rules, RuleSet } from "../../fleet/rules/rule-set";
import { rightParts } from "../schema/rules-between-groups";
import { SETTINGS_KEY } from "../settings";
import { quoted } from "./characters";
import { publicSuffixWarnings } from "./public-suffixes";
import { ruleCapacityMistake } from "./rule-capacity";
import {
  ALWAYS_BUNDLE,
  bundleFile,
  DEFAULT_SET,
  readRuleFolder,
  RULES_FOLDER,
  type RuleFile,
} from "./rule-folder";
import { entriesOf, parseRuleList } from "./rule-list";
import { BUNDLE_MARK } from "./rule-spelling";

/** What {@link readRules} found. */
export interface ReadRules {
  /** The rules, as far as they are right. */
  readonly rules: Rules;
  /** Of the settings that name sets, a line each. */
  readonly settingMistakes: readonly string[];
  /** Of the files, a line each. */
  readonly mistakes: readonly string[];
  /** What is allowed and most likely not meant, a line each. */
  readonly warnings: readonly string[];
}

/**
 * Reads all rule sets and bundles, and holds them against the settings.
 *
 * @param directory the checkout.
 * @param settings the fleet's, as they are written: what is wrong there does not hide what is wrong here.
 */
export function readRules(directory: string, settings: unknown): ReadRules {
  const folder = readRuleFolder(directory);
  const { proxy, service, ruleSets = {} } = rightParts(settings);
  const mistakes = [...folder.mistakes];

  const parse = ({ file, content }: RuleFile): Rule[] => {
    const parsed = parseRuleList(file, content, proxy?.privateCidrs);
    mistakes.push(...parsed.mistakes);
    return parsed.rules.map(({ line, text }) => ({ text, file, line }));
  };
  const bundles = new Map(
    [...folder.bundles].map(([name, file]) => {
      const rules = parse(file);
      mistakes.push(...rules.filter(isBundle).map(nested));
      return [name, rules.filter((rule) => !isBundle(rule))] as const;
    }),
  );
  const withBundles = (list: readonly Rule[]): Rule[] =>
    list.flatMap((rule) => {
      if (!isBundle(rule)) return [rule];
      const bundle = bundles.get(rule.text.slice(BUNDLE_MARK.length));
      if (bundle === undefined) mistakes.push(unknownBundle(rule, [...bundles.keys()]));
      return bundle ?? [];
    });
  const sets = [...folder.sets].map(([name, { allowed, denied }]): RuleSet => ({
    name,
    domainFilter: ruleSets[name]?.domainFilter ?? proxy?.domainFilter ?? "enforce",
    allowed: allowed === undefined ? [] : withBundles(parse(allowed)),
    denied: denied === undefined ? [] : withBundles(parse(denied)),
  }));
  const alwaysFile = folder.bundles.get(ALWAYS_BUNDLE);
  if (alwaysFile === undefined || entriesOf(alwaysFile.content).length === 0) {
    mistakes.push(
      `${bundleFile(ALWAYS_BUNDLE)}: ${alwaysFile === undefined ? "is missing" : "lists nothing"}. ` +
        "The fleet's own clients reach what it lists, whatever their set says. " +
        `Bring it back: git checkout HEAD -- ${bundleFile(ALWAYS_BUNDLE)}`,
    );
  }
  for (const [name, { content }] of folder.bundles) {
    if (name === ALWAYS_BUNDLE || entriesOf(content).length > 0) continue;
    mistakes.push(
      `${bundleFile(name)}: lists nothing. A list of allowed domains that has only this bundle would be empty, ` +
        "and everything allowed. Remove it, or let it list something.",
    );
  }
  const tooMany = service && ruleCapacityMistake(sets, service.memoryMiB);
  if (tooMany !== undefined) mistakes.push(tooMany);

  const usage = usageMistakes(settings, [...folder.sets.keys()]);
  return {
    rules: { sets, always: bundles.get(ALWAYS_BUNDLE) ?? [] },
    settingMistakes: usage.inSettings,
    mistakes: [...mistakes, ...usage.inFolder],
    warnings: [...new Set(publicSuffixWarnings(sets.flatMap(({ allowed }) => allowed)))],
  };
}

/** Sets that the settings name and that are not there, and the other way round. */
function usageMistakes(input: unknown, sets: readonly string[]) {
  const { clients, consumers, ruleSets } = rightParts(input);
  const usersOf = (setting: string, users: readonly { readonly rules: string }[] = []) =>
    users.map(({ rules }, index) => ({ setting: `${setting}[${index}].rules`, set: rules }));
  const users = [...usersOf("clients", clients), ...usersOf("consumers", consumers)];
  const described = Object.keys(ruleSets ?? {}).map((set) => ({
    setting: `ruleSets.${set}`,
    set,
  }));
  const used = new Set([DEFAULT_SET, ...users.map(({ set }) => set)]);
  const isKnown = clients !== undefined && consumers !== undefined;
  return {
    inSettings: [...users, ...described]
      .filter(({ set }) => set !== DEFAULT_SET && !sets.includes(set))
      .map(
        ({ setting, set }) =>
          `${SETTINGS_KEY}.${setting}: "${set}" is no rule set, as there is no folder ${RULES_FOLDER}/${set}. ` +
          meant(nearestTo(set, sets), `Known are ${sets.join(", ")}.`),
      ),
    inFolder: sets
      .filter((set) => isKnown && !used.has(set))
      .map(
        (set) =>
          `${RULES_FOLDER}/${set}: is used by nobody. Name it in clients[].rules or consumers[].rules, or remove it.`,
      ),
  };
}

const isBundle = ({ text }: Rule) => text.startsWith(BUNDLE_MARK);

function nested({ file, line, text }: Rule): string {
  return `${file}:${line}: ${quoted(text)} is a bundle in a bundle. Write its lines here, or both bundles into the list.`;
}

function unknownBundle({ file, line, text }: Rule, bundles: readonly string[]): string {
  const nearest = nearestTo(text.slice(BUNDLE_MARK.length), bundles);
  const proposal = nearest === undefined ? undefined : `${BUNDLE_MARK}${nearest}`;
  return (
    `${file}:${line}: ${quoted(text)} is no bundle: there is no ${bundleFile(text.slice(BUNDLE_MARK.length))}. ` +
    meant(proposal, `Known are ${bundles.map((bundle) => BUNDLE_MARK + bundle).join(", ")}.`)
  );
}

function meant(nearest: string | undefined, others: string): string {
  return nearest === undefined ? others : `Did you mean "${nearest}"?`;
}
