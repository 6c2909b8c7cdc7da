import { PROJECT_ROOT } from "../../common/project-root";
import { UserError } from "../../common/user-error";
import { loadConfiguration } from "../../configuration/configuration";
import { compare } from "./comparison";
import { comparisonMarkdown, comparisonText, type ReportedComparison } from "./comparison-report";
import { Rulings, type CheckoutRules } from "./rulings";
import { sourceOf, type Source, SOURCE_OPTIONS, SOURCE_USAGE } from "./source";
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
    const checkout = { settings, rules, region: regionOf({ settings, environment }) };
    const reported = await comparisonWith(source, checkout);
    console.log((values.markdown === true ? comparisonMarkdown : comparisonText)(reported));
  },
};

/** What the rules change for the requests of a log. */
export async function comparisonWith(
  source: Source,
  checkout: CheckoutRules,
): Promise<ReportedComparison> {
  const log = await source.read();
  const comparison = compare(log.requests, new Rulings(checkout));
  return { comparison, log, source: source.name };
}
