import { parseSettings } from "../../../src/configuration/settings";
import type { RuleSet } from "../../../src/fleet/rules/rule-set";
import type { CheckoutRules } from "../../../src/tools/rules/rulings";
import { ruleSet } from "../../helpers/rules";

/** Rules with settings as a user writes them; a client `lab`, if these have no others. */
export function checkoutRules(
  sets: readonly (Partial<Omit<RuleSet, "allowed" | "denied">> & {
    readonly allowed?: readonly string[];
    readonly denied?: readonly string[];
  })[],
  settings: object = {},
  always: readonly string[] = [],
): CheckoutRules {
  const parsed = parseSettings({ clients: [{ name: "lab" }], ...settings });
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  const file = "rules/bundles/session-manager.txt";
  return {
    settings: parsed.settings,
    rules: {
      sets: sets.map((set) => ruleSet(set)),
      always: always.map((text, index) => ({ text, file, line: index + 1 })),
    },
    region: "us-east-1",
  };
}
