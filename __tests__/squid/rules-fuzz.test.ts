import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { matcherOf } from "../../src/configuration/rules/verdict";
import type { Rule } from "../../src/fleet/rules/rule-set";
import { PROXY_PORT } from "../../src/fleet/squid/squid-container";
import { Lab, type Proxy } from "../helpers/lab";
import type { TestSet } from "../helpers/rule-store";
import { DOCKER, describeWith } from "../helpers/tools";
import { proxyHeader } from "./proxy-header";

const SETS = 100;
const HOSTS = 120;
const REGION = "us-east-1";

// --- Rules and hosts that come close to each other ----------------------------------------------------

const label = fc.constantFrom("a", "b", "ab", "x-1", "_y", "ec2", "us-east-1", "0", "9z");
const ending = fc.constantFrom("test", "example.test", "b.a.test", "amazonaws.test");
const name = fc
  .tuple(fc.array(label, { maxLength: 3 }), ending)
  .map(([labels, end]) => [...labels, end].join("."));
const pattern = fc
  .tuple(label, fc.array(label, { maxLength: 1 }), ending)
  .map(([first, labels, end]) => [first, ...labels, "*", end].join("."));
const dot = fc.constantFrom("", ".");

/** Networks that nobody may reach anyway, so that an answer does not wait for a web server. */
const network = fc.constantFrom(
  ...["10.0.0.0/8", "10.1.2.3/32", "10.1.0.0/16", "127.0.0.0/8", "192.168.4.0/22"],
  ...["fd00::/8", "fd00::1/128", "fd00:1::/31", "::ffff:0:0/96", "fe80::/10"],
);
const rule = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(dot, name).map((parts) => parts.join("")) },
  { weight: 2, arbitrary: fc.tuple(dot, pattern).map((parts) => parts.join("")) },
  { weight: 1, arbitrary: network },
);
const list = (maxLength: number) => fc.uniqueArray(rule, { maxLength });
const set: fc.Arbitrary<Required<TestSet>> = fc.record({
  allowed: list(6),
  denied: list(4),
  domainFilter: fc.constant("enforce"),
});

const address = fc.constantFrom(
  ...["10.1.2.3", "10.1.2.4", "10.200.0.1", "127.0.0.1", "192.168.7.255", "192.168.8.0"],
  ...[
    "167838211",
    "0xa010203",
    "012.1.2.3",
    "10.1.515",
    "10.66051",
    "0x7f.1",
    "127.1",
    "10.1.2.03",
  ],
  ...["10.1.2.3.", "10.1.2.256", "08.1.2.3", "10.1.2", "1.2.3.4.5", "0x", "10.0x1.02.3"],
  ...["[fd00::1]", "[FD00:0::1]", "[fd00:1::9]", "[fd01::]", "[::ffff:10.1.2.3]", "[fe80::1]"],
);
const hostOf = ({ allowed, denied }: Required<TestSet>) => {
  const rules = [...allowed, ...denied].filter((text) => !text.includes("/"));
  const near = fc.constantFrom(...(rules.length > 0 ? rules : ["a.test"])).chain((text) =>
    fc
      .tuple(
        fc.constantFrom("", "", "a.", "b.ab.", "x", "-"),
        fc.constantFrom("a", "us-east-1", "a.b", "", "*", "ab"),
        fc.constantFrom("", "", ".", "..", ".test", "x"),
      )
      .map(([before, star, behind]) => {
        return `${before}${text.replace(/^\./, "").replace("*", star)}${behind}`;
      }),
  );
  const anyCase = (host: string) =>
    fc.constantFrom(host, host, host.toUpperCase(), host.replace("a", "A"));
  return fc
    .oneof({ weight: 5, arbitrary: near }, { weight: 2, arbitrary: name }, address)
    .chain(anyCase);
};

// --- What the proxy says of them ---------------------------------------------------------------------

const endpointOf = (index: number) => `vpce-${index.toString(16).padStart(17, "0")}`;

/** Asks over one connection, as one client behind a load balancer. */
class Client {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(proxy: Proxy, endpoint: string) {
    Object.assign(this.agent, {
      createConnection: () => {
        const socket = connect(PROXY_PORT, proxy.address);
        socket.write(proxyHeader({ address: "172.16.0.10", port: 1_024, endpoint }));
        return socket;
      },
    });
  }

  /** The list that refuses a host, or that none does; nothing where Squid takes it for no host. */
  async deniedBy(host: string): Promise<string | null | undefined> {
    const asked = request({ agent: this.agent, path: `http://${host}/` }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    const page = await text(answer);
    if (answer.statusCode === 400) return undefined;
    const reason = /by its rule "(\w+-domains)"/.exec(page)?.[1];
    return reason ?? null;
  }

  end(): void {
    this.agent.destroy();
  }
}

describeWith([DOCKER], "rules and hosts at random", () => {
  const lab = new Lab();
  beforeAll(() => lab.start(), 600_000);
  afterAll(() => lab.remove(), 60_000);

  const rulesOf = (texts: readonly string[]): Rule[] =>
    texts.map((text, index) => ({ text, file: "test", line: index + 1 }));

  test("are judged alike by the proxy and by the tools", async () => {
    const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
    const sets = fc.sample(set, { numRuns: SETS, seed });
    const proxy = await lab.proxy({
      rules: {
        sets: Object.fromEntries(sets.map((set, index) => [`set${index}`, set])),
        endpoints: sets.map((_, index) => {
          return {
            endpointId: endpointOf(index),
            name: `c${index}`,
            rules: `set${index}`,
            always: false,
          };
        }),
      },
      proxyProtocolCidrs: [await lab.clientsCidr()],
    });
    let compared = 0;
    const differences: unknown[] = [];
    const compare = async (set: Required<TestSet>, index: number) => {
      const client = new Client(proxy, endpointOf(index));
      const judge = matcherOf(
        {
          name: `set${index}`,
          domainFilter: "enforce",
          allowed: rulesOf(set.allowed),
          denied: rulesOf(set.denied),
        },
        REGION,
      );
      for (const host of fc.sample(hostOf(set), { numRuns: HOSTS, seed: seed + index })) {
        const deniedBy = await client.deniedBy(host);
        if (deniedBy === undefined) continue;
        compared++;
        const expected = judge(host).deniedBy ?? null;
        if (deniedBy !== expected) differences.push({ seed, host, set, deniedBy, expected });
      }
      client.end();
    };
    await Promise.all(sets.map(compare));
    expect(differences.slice(0, 10)).toEqual([]);
    // Squid takes some of them for no hosts at all.
    expect(compared).toBeGreaterThan(SETS * HOSTS * 0.7);
  }, 300_000);
});
