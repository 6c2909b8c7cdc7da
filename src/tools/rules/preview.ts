import { PROJECT_ROOT } from "../../common/project-root";
import { UserError } from "../../common/user-error";
import { loadConfiguration } from "../../configuration/configuration";
import { compare } from "./comparison";
import { comparisonMarkdown, comparisonText } from "./comparison-report";
import { Rulings } from "./rulings";
import { sourceOf, SOURCE_OPTIONS, SOURCE_USAGE } from "./source";
import { readOptions, regionOf, type Subcommand } from "./subcommand";

/** Holds the requests of an access log against the rules: who would newly be denied or admitted. */
export const preview: Subcommand = {
  usage: `${SOURCE_USAGE} [--markdown]`,
  async run(args) {
    const { positionals, values } = readOptions(
      `preview ${preview.usage}`,
      args,
      { ...SOURCE_OPTIONS, markdown: { type: "boolean" } },
      [0, 1],
    );
    const { settings, rules, environment } = loadConfiguration(PROJECT_ROOT, process.env);
    const { workspace } = environment;
    const source = sourceOf(positionals[0], values.since, { fleet: settings.name, workspace });
    if ("mistakes" in source) throw new UserError(source.mistakes.join("\n"));
    const rulings = new Rulings({ settings, rules, region: regionOf({ settings, environment }) });
    const log = await source.read();
    const report = values.markdown === true ? comparisonMarkdown : comparisonText;
    console.log(report({ comparison: compare(log.requests, rulings), log, source: source.name }));
  },
};
