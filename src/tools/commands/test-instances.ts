import type { ClientSettings, Settings } from "../../configuration/settings";
import { clientOutputs } from "../../fleet/outputs";
import type { WorkspaceProps } from "../terraform/backend-folder";
import { noFleet } from "../terraform/workspace";
import { alternatives, UserError } from "../../common/user-error";

/**
 * The clients that have a test instance: all of them, or the one that is named.
 *
 * @throws UserError when there is none, or none of that name.
 */
export function clientsWithInstance(
  settings: Pick<Settings, "clients">,
  name?: string,
): [ClientSettings, ...ClientSettings[]] {
  const clients = settings.clients.filter(({ instanceType }) => instanceType !== "none");
  const [first, ...others] = clients.filter((client) => name === undefined || client.name === name);
  if (first !== undefined) return [first, ...others];
  throw new UserError(
    clients.length === 0
      ? "No client in cdktf.json has a test instance."
      : `${JSON.stringify(name)} is no client with a test instance. ` +
          `Allowed: ${alternatives(clients.map((client) => client.name))}.`,
  );
}

/**
 * The id of a client's test instance.
 *
 * @param outputs those of the region's fleet.
 * @throws UserError when the fleet is not deployed there, or not with this client.
 */
export function instanceIdOf(
  { name }: ClientSettings,
  outputs: Readonly<Record<string, unknown>>,
  workspace: WorkspaceProps,
): string {
  const instanceId = outputs[clientOutputs(name).instanceId];
  if (typeof instanceId === "string") return instanceId;
  const { region } = workspace;
  const missing =
    Object.keys(outputs).length === 0
      ? `${noFleet(workspace)} If it is not deployed yet, type:`
      : `The fleet of ${region} is deployed without an instance of client ${name}. Type:`;
  throw new UserError(`${missing} TF_WORKSPACE=${region} npm run deploy`);
}
