import { PROJECT_ROOT } from "../../common/project-root";
import { loadConfiguration } from "../../configuration/configuration";
import { readOptions, type Subcommand } from "./subcommand";

/** Names all mistakes in the rules, or says how many there are in each set. */
export const check: Subcommand = {
  usage: "",
  run(args) {
    readOptions("check", args, {}, [0, 0]);
    const { rules, warnings } = loadConfiguration(PROJECT_ROOT, process.env);
    for (const warning of warnings) console.warn(`Warning: ${warning}`);
    for (const { name, domainFilter, allowed, denied } of rules.sets) {
      const passes =
        allowed.length === 0 ? "all allowed that is not denied" : `${allowed.length} allowed`;
      console.log(`${name}: ${passes}, ${denied.length} denied, ${domainFilter}`);
    }
  },
};
