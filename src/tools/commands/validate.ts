import { PROJECT_ROOT } from "../../common/project-root";
import { loadConfiguration, type Configuration } from "../../configuration/configuration";
import { placeOf } from "../terraform/backend-folder";
import { reportUserErrors } from "../../common/user-error";
import { readArguments } from "./arguments";
import { printWarnings } from "./warnings";

/** How many regions the summary names before it counts them. */
const MAX_NAMED_REGIONS = 3;

/** Checks the settings, the rules and the environment, and says what they come to. */
void reportUserErrors(() => {
  readArguments("validate");
  const configuration = loadConfiguration(PROJECT_ROOT, process.env);
  printWarnings(configuration);
  console.log(summary(configuration));
});

function summary({ settings, rules, environment }: Configuration): string {
  const { account, name, regions, clients, image } = settings;
  const { workspace, state } = environment;
  const where =
    workspace ??
    (regions.length <= MAX_NAMED_REGIONS
      ? regions.join(" or ")
      : `any of ${regions.length} regions`);
  return [
    "The configuration is right:",
    `  fleet    ${name}, in ${where}, in ${account === "standard" ? "an ordinary account" : "a Learner Lab"}`,
    `  image    ${image.uri ?? "built here"}`,
    `  clients  ${clients.map((client) => client.name).join(", ") || "none"}`,
    `  rules    ${rules.sets.map((set) => set.name).join(", ")}`,
    `  state    in ${placeOf(state)}`,
  ].join("\n");
}
