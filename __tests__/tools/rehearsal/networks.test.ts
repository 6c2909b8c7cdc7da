import { contains, isCidr, overlaps } from "../../../src/common/cidr";
import { networksAt, PLACES } from "../../../src/tools/rehearsal/networks";

const all = Array.from({ length: PLACES }, (_, place) => networksAt(place));

test("the networks of all rehearsals are apart", () => {
  const cidrs = all.flatMap(({ clients, service, internet }) => [clients, service, internet]);
  expect(cidrs.filter((cidr) => !isCidr(cidr))).toEqual([]);
  const overlapping = cidrs.filter((one, index) =>
    cidrs.some((other, position) => position < index && overlaps(one, other)),
  );
  expect(overlapping).toEqual([]);
});

test.each(all)("what stands at $site is inside its networks, and nowhere twice", (networks) => {
  const {
    clients,
    client,
    closedNameServer,
    internet,
    loadBalancer,
    nameServer,
    site,
    stuckSite,
    store,
  } = networks;
  const outside = [nameServer.internet, site, stuckSite, store];
  const inside = [loadBalancer, nameServer.clients, closedNameServer, ...client];
  expect(new Set(outside).size).toBe(outside.length);
  expect(outside.filter((address) => !contains(internet, `${address}/32`))).toEqual([]);
  expect(new Set(inside).size).toBe(inside.length);
  expect(inside.filter((address) => !contains(clients, `${address}/32`))).toEqual([]);
});
