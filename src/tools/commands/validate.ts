import { PROJECT_ROOT } from "../../common/project-root";
import {
  loadClientConfiguration,
  type ClientConfiguration,
} from "../../configuration/client-configuration";
import { loadConfiguration, type Configuration } from "../../configuration/configuration";
import { readSettingsFile } from "../../configuration/settings-file";
import { placeOf } from "../terraform/backend-folder";
import { reportUserErrors, UserError } from "../../common/user-error";
import { readArguments } from "./arguments";
import { printWarnings } from "./warnings";

/** How many regions the summary names before it counts them. */
const MAX_NAMED_REGIONS = 3;

/**
 * Checks the settings, the rules and the environment, and says what they come to. A consumer's settings
 * are checked where there are any, without the environment: `TF_WORKSPACE` may be a region of the fleet's.
 */
void reportUserErrors(() => {
  readArguments("validate");
  const hasConsumer = readSettingsFile(PROJECT_ROOT).clientInput !== undefined;
  const mistakes: string[] = [];
  const attempt = <T>(load: () => T): T | undefined => {
    try {
      return load();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(error.message);
      return undefined;
    }
  };
  const fleet = attempt(() => loadConfiguration(PROJECT_ROOT, process.env));
  const consumer = hasConsumer
    ? attempt(() => loadClientConfiguration(PROJECT_ROOT, {}))
    : undefined;
  if (fleet === undefined || mistakes.length > 0) throw new UserError(mistakes.join("\n"));
  printWarnings(fleet);
  console.log(summary(fleet, consumer));
});

function summary(fleet: Configuration, consumer: ClientConfiguration | undefined): string {
  const { settings, rules, environment } = fleet;
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
    `  clients  ${names(clients)}`,
    `  rules    ${rules.sets.map((set) => set.name).join(", ")}`,
    `  state    in ${placeOf(state)}`,
    ...(consumer === undefined
      ? []
      : [`  consumer ${consumer.settings.name}, clients ${names(consumer.settings.clients)}`]),
  ].join("\n");
}

function names(clients: readonly { readonly name: string }[]): string {
  return clients.map((client) => client.name).join(", ") || "none";
}
