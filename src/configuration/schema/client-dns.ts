import { z } from "zod";
import type { Account } from "../../common/regions";
import type { PublicDns } from "../../fleet/client/public-dns";
import { isRegistry } from "../rules/public-suffixes";
import { oneOf, set } from "./checks";
import { reject } from "./mistakes";

/** In a lab nobody has seen yet that the firewall may be made there. */
const DEFAULT_PUBLIC_DNS: Readonly<Record<Account, PublicDns>> = {
  "learner-lab": "allowed",
  standard: "blocked",
};

interface ClientDns {
  readonly vpc: object;
  readonly publicDns?: PublicDns | undefined;
  readonly allowedDns: readonly string[];
}

/** A client with what holds where its settings do not say it: a VPC that is there already stays as it is. */
export function withPublicDns<Client extends ClientDns>(account: Account, client: Client) {
  const byDefault = "vpcId" in client.vpc ? "allowed" : DEFAULT_PUBLIC_DNS[account];
  return { ...client, publicDns: client.publicDns ?? byDefault };
}

/** Rejects names where the resolver answers for everything: it would look as if it did not. */
export function requireBlockedForNames(
  account: Account,
  clients: readonly ClientDns[],
  context: z.core.$RefinementCtx,
): void {
  clients.forEach((client, index) => {
    const { publicDns, allowedDns } = withPublicDns(account, client);
    if (publicDns === "blocked" || allowedDns.length === 0) return;
    const allowed =
      'only with "publicDns": "blocked"; without it the resolver answers for all names';
    reject(context, ["clients", index, "allowedDns"], allowedDns, allowed);
  });
}

export const publicDns = oneOf("blocked", "allowed")
  .optional()
  .meta({
    description:
      "Whether its VPC's resolver answers for public names; `\"blocked\"`: only for the VPC's own and the proxy's, " +
      '[so that none carries data out](clients.md#names), the default in ordinary accounts; `"allowed"`: the default in a lab, and in a VPC that is there already',
    byDefault: "the account's",
  });

const A_NAME = "names such as db.example.com, or *.example.com for all below it";

const LABEL = "(?!-)[a-z0-9-]{1,63}(?<!-)";

/** As AWS takes them, in small letters, so that two of them are not one. */
const name = z
  .string({ error: A_NAME })
  .regex(new RegExp(`^(?=.{1,253}$)(\\*\\.)?(${LABEL}\\.)*${LABEL}$`), { error: A_NAME })
  .refine((text) => !text.startsWith("*.") || !isRegistry(text.slice(2)), {
    error:
      "no names of a registry, where anybody can have one, and name servers that are told whatever is asked for",
  })
  .meta({ errorMessage: `Allowed: ${A_NAME}.` });

export const allowedDns = set(name, "a list of names")
  .prefault([])
  .describe(
    "Further names for which the resolver answers where public ones are blocked, such as those of private zones " +
      "and of other endpoints in the VPC; `*.example.com` is all names below `example.com`",
  );
