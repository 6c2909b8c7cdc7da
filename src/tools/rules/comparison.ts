import { UNKNOWN_USER } from "../../configuration/rules/rule-users";
import type { LoggedRequests } from "../logs/access-log";
import type { Ruling, Rulings } from "./rulings";

/** What refuses by who asks for which name. Whatever else refused a request in the log, does so now. */
const BY_NAME: readonly (string | null)[] = ["allowed-domains", "denied-domains", "unknown-client"];

/** How a request fares otherwise than in the log, in the order of what matters most. */
export const KINDS = ["denied", "admitted", "marked", "unmarked"] as const;
export type Kind = (typeof KINDS)[number];

/** Requests of a client for a host that fare otherwise than in the log. */
export interface Difference {
  readonly kind: Kind;
  /** The client's or consumer's name; of an endpoint that nobody has named, its id. */
  readonly client: string;
  readonly host: string;
  /** What refuses or marks them now or, where nothing does any more, did then. */
  readonly by: string;
  readonly count: number;
  readonly last: string;
}

/** How the requests of a log fare by the rules of a checkout. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** How many requests were compared. */
  readonly compared: number;
  /** How many something refused that no rule for names can change. */
  readonly refusedOtherwise: number;
}

/** Holds the requests of a log against the rules of a checkout. */
export function compare(requests: readonly LoggedRequests[], rulings: Rulings): Comparison {
  const differences = new Map<string, Difference>();
  let [compared, refusedOtherwise] = [0, 0];
  for (const request of requests) {
    const { deniedBy, wouldBeDeniedBy, host, count, last } = request;
    if (deniedBy !== null && !BY_NAME.includes(deniedBy)) {
      refusedOtherwise += count;
      continue;
    }
    compared += count;
    const client = rulings.clientOf(request);
    const now = rulings.of(client, request);
    const kind = kindOf(
      { deniedBy, wouldBeDeniedBy: BY_NAME.includes(wouldBeDeniedBy) ? wouldBeDeniedBy : null },
      now,
    );
    if (kind === undefined) continue;
    const name = client ?? request.consumer ?? request.endpoint ?? UNKNOWN_USER;
    const by = now.deniedBy ?? now.wouldBeDeniedBy ?? deniedBy ?? wouldBeDeniedBy ?? "";
    const key = JSON.stringify([kind, name, host, by]);
    const former = differences.get(key);
    differences.set(key, {
      ...{ kind, client: name, host, by },
      count: count + (former?.count ?? 0),
      last: former === undefined || last > former.last ? last : former.last,
    });
  }
  return { differences: [...differences.values()].sort(byWeight), compared, refusedOtherwise };
}

function kindOf(
  then: Readonly<Record<"deniedBy" | "wouldBeDeniedBy", string | null>>,
  now: Ruling,
): Kind | undefined {
  if (now.deniedBy !== undefined) return then.deniedBy === null ? "denied" : undefined;
  if (then.deniedBy !== null) return "admitted";
  const [wasMarked, isMarked] = [then.wouldBeDeniedBy !== null, now.wouldBeDeniedBy !== undefined];
  if (wasMarked === isMarked) return undefined;
  return isMarked ? "marked" : "unmarked";
}

function byWeight(one: Difference, other: Difference): number {
  return (
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    other.count - one.count ||
    (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)
  );
}
