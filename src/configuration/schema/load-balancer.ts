import { group, set } from "./checks";
import { ingressCidr, requireDisjoint } from "./networks";

export const loadBalancer = group({
  ingressCidrs: set(ingressCidr, "a list of IPv4 networks").default([]),
}).superRefine(({ ingressCidrs }, context) => {
  requireDisjoint(context, "ingressCidrs", ingressCidrs);
});
