import { code } from "../../common/printable";
import { UserError } from "../../common/user-error";
import { comparisonMarkdown } from "./comparison-report";
import { comparisonWith } from "./preview";
import type { CheckoutRules } from "./rulings";
import { WEEK } from "../logs/span";
import { deployedLog } from "./source";

/**
 * What changed rules would do to last week's requests, in Markdown, for the comment on a plan; or why that is
 * not known. Nothing where the settings do not ask for it.
 */
export async function planPreview(checkout: CheckoutRules): Promise<string | undefined> {
  const { settings, region } = checkout;
  if (settings.github?.rulesPreview !== "on") return undefined;
  try {
    const log = deployedLog({ fleet: settings.name, region, since: WEEK });
    return comparisonMarkdown(await comparisonWith(log, checkout));
  } catch (error) {
    // It is no part of the plan, which is as good without it.
    if (!(error instanceof UserError)) throw error;
    return `There is no preview. ${code(error.message)}`;
  }
}
