/**
 * The addresses of a rehearsal, from ranges that no network of the user's has: those inside from the
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
  /** The name server's address in the clients' network, and in the Internet. */
  readonly nameServer: { readonly clients: string; readonly internet: string };
  readonly site: string;
  readonly stuckSite: string;
}

/** How many rehearsals the ranges have room for at a time. */
const PLACES = 8;

/** One set of networks for each place, none of which overlap. */
export const PLACES_FOR_NETWORKS: readonly Networks[] = Array.from(
  { length: PLACES },
  (_, place) => {
    const inside = 32 * place;
    const outside = 32 * (PLACES - 1 - place);
    return {
      service: `198.18.255.${inside}/28`,
      clients: `198.18.255.${inside + 16}/28`,
      internet: `198.51.100.${outside}/27`,
      // From the end, because the engine gives out addresses from the beginning.
      nameServer: { clients: `198.18.255.${inside + 30}`, internet: `198.51.100.${outside + 30}` },
      site: `198.51.100.${outside + 29}`,
      stuckSite: `198.51.100.${outside + 28}`,
    };
  },
);
