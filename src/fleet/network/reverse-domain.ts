/**
 * What the names end with by which the addresses of a network are looked up: of the /16 that has it, since
 * names have a label for each byte. `10.1.16.0/20` has `1.10.in-addr.arpa`.
 * Source: RFC 1035, section 3.5.
 */
export function reverseDomain(cidr: string): string {
  const [first, second] = cidr.split(".");
  return `${second}.${first}.in-addr.arpa`;
}
