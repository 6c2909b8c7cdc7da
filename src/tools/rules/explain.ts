import { PROJECT_ROOT } from "../../common/project-root";
import { alternatives, UserError } from "../../common/user-error";
import { loadConfiguration } from "../../configuration/configuration";
import { readRuleFolder } from "../../configuration/rules/rule-folder";
import { ruleUsers, UNKNOWN_USER } from "../../configuration/rules/rule-users";
import { explanation } from "./explanation";
import { readOptions, regionOf, type Subcommand } from "./subcommand";
import { parseTarget } from "./target";

/** Says whether a client reaches a target, and which file and line decides. Exit code 1: it does not. */
export const explain: Subcommand = {
  usage: "<client> <host:port | url>",
  run(args) {
    try {
      if (!run(args)) process.exitCode = 1;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Not 1, which is an answer.
      console.error(error.message);
      process.exitCode = 2;
    }
  },
};

/** Whether the client reaches the target. */
function run(args: readonly string[]): boolean {
  const { positionals } = readOptions(`explain ${explain.usage}`, args, {}, [2, 2]);
  const [name = "", asked = ""] = positionals;
  const { settings, rules, environment } = loadConfiguration(PROJECT_ROOT, process.env);
  const names = [...ruleUsers(settings).map((user) => user.name), UNKNOWN_USER];
  const target = parseTarget(asked);
  const mistakes = [
    ...(names.includes(name)
      ? []
      : [`${JSON.stringify(name)} is no client or consumer. Known: ${alternatives(names)}.`]),
    ...("mistake" in target ? [target.mistake] : []),
  ];
  if (mistakes.length > 0 || "mistake" in target) throw new UserError(mistakes.join("\n"));
  const { isAdmitted, lines } = explanation({
    client: name === UNKNOWN_USER ? null : name,
    target,
    checkout: { settings, rules, region: regionOf({ settings, environment }) },
    folder: readRuleFolder(PROJECT_ROOT),
  });
  console.log(lines.join("\n"));
  return isAdmitted;
}
