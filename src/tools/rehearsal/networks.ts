import { overlaps } from "../../common/cidr";
import { UserError } from "../../common/user-error";
import { docker, runDocker } from "./docker";

/**
 * The addresses of a rehearsal, from ranges that are hardly ever a network's: those inside from the
 * range for benchmarks (RFC 2544), which the proxies refuse as they do private ones, and those of its
 * Internet from a range for documentation (RFC 5737), which they do not.
 */
export interface Networks {
  /** Where the clients are, and the load balancer's side towards them. */
  readonly clients: string;
  /** Where the proxies are. */
  readonly service: string;
  /** What stands for the Internet; the way to the real one, too. */
  readonly internet: string;
  /** The load balancer's address in the clients' network. */
  readonly loadBalancer: string;
  /** The name server's address in the clients' network, and in the Internet. */
  readonly nameServer: { readonly clients: string; readonly internet: string };
  /** That of the name server for clients without public names, in the clients' network. */
  readonly closedNameServer: string;
  /** The addresses for clients, each another one's. */
  readonly client: readonly string[];
  readonly site: string;
  readonly stuckSite: string;
  /** The store of the rules. */
  readonly store: string;
}

const KINDS = ["clients", "service", "internet"] as const;

/** How many clients there is room for, besides what else a rehearsal and its load need. */
export const MAX_CLIENTS = 8;

/** How many rehearsals the ranges have room for at a time. */
export const PLACES = 8;

/** The networks of a place, from 0; those of different places do not overlap. */
export function networksAt(place: number): Networks {
  const inside = 32 * place;
  const outside = 32 * (PLACES - 1 - place);
  return {
    service: `198.18.255.${inside}/28`,
    clients: `198.18.255.${inside + 16}/28`,
    internet: `198.51.100.${outside}/27`,
    // From the end, because the engine gives out addresses from the beginning.
    loadBalancer: `198.18.255.${inside + 29}`,
    nameServer: { clients: `198.18.255.${inside + 30}`, internet: `198.51.100.${outside + 30}` },
    closedNameServer: `198.18.255.${inside + 20}`,
    client: Array.from(
      { length: MAX_CLIENTS },
      (_, client) => `198.18.255.${inside + 28 - client}`,
    ),
    site: `198.51.100.${outside + 29}`,
    stuckSite: `198.51.100.${outside + 28}`,
    store: `198.51.100.${outside + 27}`,
  };
}

/**
 * The networks that a rehearsal has; or, where it is not up, those that are free, the first first.
 *
 * @param project what Compose calls the rehearsal.
 * @throws UserError where none are free.
 */
export async function placesFor(project: string): Promise<readonly [Networks, ...Networks[]]> {
  const ids = (await docker("network", "ls", "--quiet", "--no-trunc")).split("\n");
  const format = "{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}";
  // One that has been removed in between is an error, and the others are told.
  const { stdout } = await runDocker(["network", "inspect", "--format", format, ...ids], "");
  const networks = stdout.split("\n").map((line) => line.split(" "));
  const [own, others] = [true, false].map((isOwn) =>
    networks
      .filter(([name]) => KINDS.some((kind) => name === `${project}_${kind}`) === isOwn)
      .flatMap(([, ...subnets]) => subnets.filter((cidr) => !cidr.includes(":"))),
  ) as [string[], string[]];
  const [first, ...more] = Array.from({ length: PLACES }, (_, place) => networksAt(place)).filter(
    (place) => {
      const cidrs = KINDS.map((kind) => place[kind]);
      // An interrupted start may have left some of its networks.
      return (
        own.every((cidr) => cidrs.includes(cidr)) &&
        !cidrs.some((cidr) => others.some((other) => overlaps(other, cidr)))
      );
    },
  );
  if (first === undefined) {
    throw new UserError(
      "All of 198.18.255.0/24 or 198.51.100.0/24, which rehearsals use, is in other Docker networks. " +
        "End other rehearsals, or remove what nothing uses: docker network prune",
    );
  }
  return [first, ...more];
}
