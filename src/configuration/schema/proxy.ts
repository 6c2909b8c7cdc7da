import { group, integer, oneOf, set } from "./checks";
import { reject } from "./mistakes";
import { privateCidr, requireDisjoint } from "./networks";
import { ports, PORTS_ALLOWED, PROTOCOLS_WITHOUT_TLS } from "./ports";
import { domainFilter } from "./rule-sets";

export const proxy = group({
  domainFilter: domainFilter
    .default("enforce")
    .describe(
      '`"enforce"`, or `"report"`: what the [rules](rules.md) deny is passed and marked in the log. For one rule set: `ruleSets`',
    ),
  sniCheck: oneOf("off", "on")
    .default("off")
    .describe(
      '`"off"`, or `"on"`: the server name in TLS must pass the rules, too; costs CPU and memory for each tunnel',
    ),
  httpPorts: ports
    .prefault([80])
    .describe(`TCP ports that plain HTTP may go to; \`[]\` for no plain HTTP. ${PORTS_ALLOWED}`),
  connectPorts: ports
    .refine((numbers) => numbers.length > 0, { error: "at least one port" })
    .prefault([443])
    .meta({
      description:
        "TCP ports that tunnels may lead to, one at least; with `sniCheck`, where TLS begins at once. " +
        PORTS_ALLOWED,
      minItems: 1,
    }),
  privateCidrs: set(privateCidr, "a list of private IPv4 networks")
    .prefault([])
    .describe(
      "Private networks that the proxy may reach, for [internal sites](proxy.md#open-an-internal-site); " +
        "none that overlaps the service VPC",
    ),
  cache: oneOf("off", "shared")
    .default("off")
    .describe(
      '`"off"`, or `"shared"`: answers to plain HTTP are [kept for all clients](proxy.md#the-cache), which uses an ' +
        "eighth of the memory",
    ),
  maxConnectionsPerClient: integer(1, 16_000)
    .optional()
    .meta({
      description:
        "How many connections a client may have open [with each task](proxy.md#limits-for-each-client): an " +
        "eleventh of those that fit, 42 with 512 MiB",
      byDefault: "from the memory",
    }),
  maxRequestHeadKiB: integer(4, 64)
    .default(16)
    .describe(
      "The most that a request's first line and header fields may have, in KiB. The more that is, the fewer " +
        "connections have room in the memory",
    ),
  maxReplyHeadKiB: integer(4, 64).default(16).describe("The same for an answer to plain HTTP"),
  receiveBufferKiB: integer(16, 4096)
    .default(128)
    .describe(
      "The kernel's buffer for what a web server sends, in KiB. A connection can fill it once in each round " +
        "trip: 128 KiB in 20 ms are 6 MB/s",
    ),
})
  .superRefine(({ sniCheck, connectPorts, privateCidrs }, context) => {
    requireDisjoint(context, "privateCidrs", privateCidrs);
    for (const number of sniCheck === "on" ? connectPorts : []) {
      const protocol = PROTOCOLS_WITHOUT_TLS.get(number);
      if (protocol === undefined) continue;
      const allowed = `with sniCheck "on", ports where connections begin with TLS; here they begin with ${protocol}, which the check refuses`;
      reject(context, ["connectPorts"], number, allowed);
    }
  })
  .describe("What the proxies let pass, and what a client may take of them");
