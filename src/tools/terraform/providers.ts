import { UserError } from "../../common/user-error";

/** The Terraform providers of the fleet, by their addresses in a state. */
export const PROVIDERS: readonly string[] = [
  "registry.terraform.io/hashicorp/aws",
  "registry.terraform.io/kreuzwerker/docker",
  "terraform.io/builtin/terraform",
];

/**
 * Refuses a state with a provider that is not the fleet's. `terraform init` installs what a state
 * names, and a plan runs it with the rights of whoever plans: who can write a state, as the role that
 * deploys can, could otherwise run a program of theirs on the machine of an administrator.
 *
 * @param resources each with its provider as a state names it:
 *   `provider["registry.terraform.io/hashicorp/aws"]`, an alias behind it.
 * @param region whose state it is.
 * @throws UserError when there is one; all are named.
 */
export function requireKnownProviders(
  resources: readonly { readonly provider: string }[],
  region: string,
): void {
  const providers = resources.map(
    ({ provider }) => /provider\["([^"]+)"\]/.exec(provider)?.[1] ?? provider,
  );
  const unknown = [...new Set(providers)].filter((address) => !PROVIDERS.includes(address));
  if (unknown.length === 0) return;
  throw new UserError(
    `The state of ${region} has resources of providers that are not the fleet's: ${unknown.join(", ")}. ` +
      "Terraform would download them and run them with your rights. If you have added them to the project, " +
      "add them to src/tools/terraform/providers.ts; if not, find out who has written that state, and go back to an " +
      "earlier version of it.",
  );
}
