import { reverseDomain } from "../../../src/fleet/network/reverse-domain";

test.each([
  ["172.16.0.0/16", "16.172.in-addr.arpa"],
  ["10.1.16.0/20", "1.10.in-addr.arpa"],
  ["192.168.7.0/24", "168.192.in-addr.arpa"],
])("the names of the addresses of %s are below %s", (cidr, domain) => {
  expect(reverseDomain(cidr)).toBe(domain);
});
