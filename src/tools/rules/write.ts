import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "../../common/project-root";
import { UserError } from "../../common/user-error";
import { loadConfiguration, type Configuration } from "../../configuration/configuration";
import { ruleUsers } from "../../configuration/rules/rule-users";
import { storeObjects } from "./store-objects";
import { readOptions, type Subcommand } from "./subcommand";

/**
 * Writes what the fleet's store has into a folder, for an image that runs without one. Of endpoints, only
 * those of the consumers are known without Terraform.
 */
export const write: Subcommand = {
  usage: "<folder> [--region <region>]",
  run(args) {
    const { positionals, values } = readOptions(
      `write ${write.usage}`,
      args,
      { region: { type: "string" } },
      [1, 1],
    );
    const configuration = loadConfiguration(PROJECT_ROOT, process.env);
    const { rules, settings } = configuration;
    const folder = path.resolve(positionals[0]!);
    const { objects } = storeObjects({
      rules,
      endpoints: ruleUsers(settings).flatMap(({ endpointId, ...user }) =>
        endpointId === undefined ? [] : [{ endpointId, ...user }],
      ),
      unknownClients: settings.unknownClients,
      region: regionOf(configuration, values.region),
    });
    for (const [key, content] of Object.entries(objects)) writeObject(folder, key, content);
    console.log(`Written to ${folder}: ${Object.keys(objects).join(", ")}`);
  },
};

/** The region that is asked for, or else the workspace, or the only one. */
function regionOf({ settings, environment }: Configuration, asked: string | undefined): string {
  const only = settings.regions.length === 1 ? settings.regions[0] : undefined;
  const region = asked ?? environment.workspace ?? only;
  if (region !== undefined && settings.regions.includes(region)) return region;
  const given = region === undefined ? "none is named" : `"${region}" is none of the fleet's`;
  throw new UserError(
    `Which region's rules: ${given}. Type --region and one of ${settings.regions.join(", ")}.`,
  );
}

function writeObject(folder: string, key: string, content: string): void {
  const file = path.join(folder, key);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${file} cannot be written (${code}). Name a folder that you may write to.`,
    );
  }
}
