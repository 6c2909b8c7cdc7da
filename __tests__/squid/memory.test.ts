import fc from "fast-check";
import { setTimeout as sleep } from "node:timers/promises";
import { PLANNED_SHARE, squidMemory } from "../../src/fleet/squid/squid-memory";
import { addressOf, docker } from "../helpers/docker";
import { DEFAULTS, Lab, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { HOLDINGS, PER_SECOND } from "./hostile/holdings";
import { order } from "./hostile/order";
import { SMALL_BUFFERS, nameOf } from "./hostile/scene";
import { descriptors, endOf, memoryMiB } from "./hostile/watch";

/** How many mixtures are tried, at some 8 s each. */
const MIXTURES = 8;

/** Enough that a request's 3 KiB would be seen beside what comes and goes. */
const REQUESTS = 4_000;
const AT_A_TIME = 20;

/** How long the last of what the clients send takes to get there. */
const SETTLED_MS = 3_000;

/** Kinds of connection, and the part that each has of all; a kind may occur more than once. */
const mixture = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.keys(HOLDINGS)),
    part: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 5 },
);

describeWith([DOCKER], "a task's memory", () => {
  const lab = new Lab();
  const { maxConnections, maxFiledescriptors } = squidMemory(DEFAULTS);

  beforeAll(() => lab.start(), 600_000);
  afterAll(() => lab.remove(), 60_000);

  test.each<[string, (proxy: Proxy) => Promise<unknown>]>([
    ["a page", (proxy) => proxy.get("http://origin.test/bytes/10")],
    ["a refusal", (proxy) => proxy.get("http://10.0.0.1/")],
    ["a page that is not there", (proxy) => proxy.get("http://missing.test/")],
    ["a tunnel", async (proxy) => (await proxy.connect("origin.test:443")).socket.destroy()],
  ])(
    "takes nothing for good, however many ask for %s",
    async (_, ask) => {
      const proxy = await lab.proxy();
      const many = async (rounds: number) => {
        for (let round = 0; round < rounds; round++) {
          // Some may get no answer in time where the machine is busy, which is not the question here.
          await Promise.allSettled(Array.from({ length: AT_A_TIME }, () => ask(proxy)));
        }
      };
      // By then everything that is allocated once has been.
      await many(60);
      const before = await memoryMiB(lab, proxy);
      await many(REQUESTS / AT_A_TIME);
      const grown = (await memoryMiB(lab, proxy)) - before;
      expect((grown * 1024) / REQUESTS).toBeLessThan(0.5);
    },
    120_000,
  );

  // Last: the web server is left with the connections of proxies that are no more.
  test("holds any mixture of as many connections as clients may have, with room to spare", async () => {
    const { internet, clients, origin } = lab.is;
    const [server, client] = await Promise.all([
      lab.typescript(internet, "hostile/server", { options: SMALL_BUFFERS }),
      lab.typescript(clients, "hostile/attacker", { options: SMALL_BUFFERS }),
    ]);
    const attacker = await addressOf(client, clients);
    const names = {
      server: nameOf(await addressOf(server, internet)),
      origin: nameOf(origin.address),
    };

    await fc.assert(
      fc.asyncProperty(mixture, async (parts) => {
        const proxy = await lab.proxy({ maxConnectionsPerClient: maxConnections });
        const target = { proxy: proxy.address, ...names };
        const whole = parts.reduce((sum, { part }) => sum + part, 0);
        const ends = await Promise.all(
          parts.map(({ kind, part }) => {
            const connections = Math.floor((maxConnections * part) / whole);
            return order(attacker, { attack: kind, target, connections });
          }),
        );
        await sleep((maxConnections / PER_SECOND) * 1_000 + SETTLED_MS);
        expect(await endOf(proxy)).toBeUndefined();
        expect(await memoryMiB(lab, proxy)).toBeLessThan(DEFAULTS.memoryMiB * PLANNED_SHARE);
        expect(await descriptors(proxy)).toBeLessThan(maxFiledescriptors);
        await Promise.all(ends.map((end) => end()));
        await docker("rm", "--force", proxy.container);
      }),
      {
        seed: 14,
        numRuns: MIXTURES,
        // What takes most, alone.
        examples: [[[{ kind: "an answer that is not read", part: 1 }]]],
        endOnFailure: true,
      },
    );
  }, 240_000);
});
