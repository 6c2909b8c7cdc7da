import type { Rule, Rules, RuleSet } from "../../src/fleet/rules/rule-set";
import type { Settings } from "../../src/configuration/settings";

/** A set of rules as `Rule.text` has them, in lines one below the other. */
export function ruleSet(set: {
  readonly name?: string;
  readonly domainFilter?: RuleSet["domainFilter"];
  readonly allowed?: readonly string[];
  readonly denied?: readonly string[];
}): RuleSet {
  const { name = "default", domainFilter = "enforce", allowed = [], denied = [] } = set;
  const rules = (list: string, texts: readonly string[]) =>
    texts.map((text, index): Rule => ({
      text,
      file: `rules/${name}/${list}-domains.txt`,
      line: index + 1,
    }));
  return {
    name,
    domainFilter,
    allowed: rules("allowed", allowed),
    denied: rules("denied", denied),
  };
}

/** Rules that list nothing, for each set that settings name. */
export function emptyRules({
  proxy,
  clients,
  consumers,
  ruleSets,
}: Pick<Settings, "proxy" | "clients" | "consumers" | "ruleSets">): Rules {
  const named = [...clients, ...consumers].map(({ rules }) => rules);
  const sets = [...new Set(["default", ...named])].sort();
  return {
    sets: sets.map((name) =>
      ruleSet({ name, domainFilter: ruleSets[name]?.domainFilter ?? proxy.domainFilter }),
    ),
    always: [],
  };
}
