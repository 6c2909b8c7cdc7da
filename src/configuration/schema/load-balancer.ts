import { group, set } from "./checks";
import { ingressCidr, requireDisjoint } from "./networks";

export const loadBalancer = group({
  ingressCidrs: set(ingressCidr, "a list of IPv4 networks")
    .prefault([])
    .describe(
      "Networks that may use the proxy directly, without PrivateLink: /8 or smaller, inside the service VPC or " +
        "outside it",
    ),
})
  .superRefine(({ ingressCidrs }, context) => {
    requireDisjoint(context, "ingressCidrs", ingressCidrs);
  })
  .describe("The load balancer in front of the proxies");
