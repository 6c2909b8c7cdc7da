import { UserError } from "../../common/user-error";
import { existingNetwork, type RehearsedClient } from "./client-services";
import { docker } from "./docker";

/**
 * The Docker networks that were there before the rehearsal, which adds to them and otherwise leaves
 * them as they are, for the Compose file.
 */
export function externalNetworks(clients: readonly RehearsedClient[]): Record<string, object> {
  const names = clients.map(existingNetwork).filter((name) => name !== undefined);
  return Object.fromEntries(names.map((name) => [name, { name, external: true }]));
}

/** @throws UserError where one of them is missing. */
export async function requireExistingNetworks(clients: readonly RehearsedClient[]): Promise<void> {
  const names = (await docker("network", "ls", "--format", "{{.Name}}")).split("\n");
  const mistakes = clients.flatMap((client) => {
    const network = existingNetwork(client);
    if (network === undefined || names.includes(network)) return [];
    return [
      `The client ${client.name} is in the VPC ${network}. A rehearsal takes for it the Docker network of that name, ` +
        `and there is none. Type: docker network create --internal ${network}`,
    ];
  });
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"));
}
