import { group, integer, oneOf, set } from "./checks";
import { reject } from "./mistakes";
import { privateCidr, requireDisjoint } from "./networks";
import { ports, PROTOCOLS_WITHOUT_TLS } from "./ports";

export const proxy = group({
  domainFilter: oneOf("enforce", "report").default("enforce"),
  sniCheck: oneOf("off", "on").default("off"),
  httpPorts: ports.default([80]),
  connectPorts: ports
    .refine((numbers) => numbers.length > 0, { error: "at least one port" })
    .default([443]),
  privateCidrs: set(privateCidr, "a list of private IPv4 networks").default([]),
  cache: oneOf("off", "shared").default("off"),
  maxConnectionsPerClient: integer(1, 16_000).optional(),
  maxRequestHeadKiB: integer(4, 64).default(16),
  maxReplyHeadKiB: integer(4, 64).default(16),
  receiveBufferKiB: integer(16, 4096).default(128),
}).superRefine(({ sniCheck, connectPorts, privateCidrs }, context) => {
  requireDisjoint(context, "privateCidrs", privateCidrs);
  for (const number of sniCheck === "on" ? connectPorts : []) {
    const protocol = PROTOCOLS_WITHOUT_TLS.get(number);
    if (protocol === undefined) continue;
    const allowed = `with sniCheck "on", ports where connections begin with TLS; here they begin with ${protocol}, which the check refuses`;
    reject(context, ["connectPorts"], number, allowed);
  }
});
