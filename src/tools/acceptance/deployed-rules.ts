import { UserError } from "../../common/user-error";
import type { Configuration } from "../../configuration/configuration";
import { INDEX_KEY } from "../../fleet/rules/rule-objects";
import type { DeployedResource } from "../../fleet/stack/deletion-guard";
import { storeObjects } from "../rules/store-objects";

export interface DeployedRulesProps extends Pick<Configuration, "settings" | "rules"> {
  /** What the state of the region has. */
  readonly resources: readonly DeployedResource[];
  readonly region: string;
}

/**
 * Compares the rules of the checkout with those that are deployed, because what the check expects are the former.
 *
 * @throws UserError when they differ.
 */
export function requireDeployedRules({
  settings,
  rules,
  resources,
  region,
}: DeployedRulesProps): void {
  const index = resources.find(
    ({ type, attributes }) => type === "aws_s3_object" && attributes["key"] === INDEX_KEY,
  );
  const deployed = index?.attributes["content"];
  const { unknownClients } = settings;
  const { objects } = storeObjects({ rules, endpoints: [], unknownClients, region });
  const expected = withoutEndpoints(objects[INDEX_KEY]!);
  if (typeof deployed === "string" && withoutEndpoints(deployed) === expected) return;
  throw new UserError(
    `The rules of this checkout are not those that are deployed in ${region}, and the check expects them. ` +
      `To see what differs: TF_WORKSPACE=${region} npm run plan. To deploy them: TF_WORKSPACE=${region} npm run deploy`,
  );
}

/** What of an index does not depend on ids that AWS has made: its hashes of the sets are there. */
function withoutEndpoints(index: string): string {
  return index
    .split("\n")
    .filter((line) => !/^(endpoint|sha256) /.test(line))
    .join("\n");
}
