import { setTimeout as sleep } from "node:timers/promises";
import { stallLog } from "../../src/tools/rehearsal/faults/fault";
import { logsOf } from "../helpers/docker";
import { DOCKER, describeWith } from "../helpers/tools";
import { attackNames } from "./hostile/attacks";
import { lostLines, missing, strangeLines, type Log } from "./hostile/log-audit";
import { Theatre, type Scene } from "./hostile/scene";
import { harm, type Observation, type Usage } from "./hostile/verdict";
import { descriptors, endOf, HealthWatch, memoryMiB } from "./hostile/watch";

/** How long others are watched after an attack. */
const AFTER_MS = 1_000;

/** Within this time a request is in the log. */
const LOGGED_MS = 5_000;

/** All takes five minutes more: npm run hostile. */
const WHICH = process.env["HOSTILE"] === "all" ? "all" : "sample";

/** For a task of several Squids: those that count, fill memory or write the log, which they have a part of each. */
const OF_SEVERAL = [
  "heads of 15 KB: tunnels",
  "descriptors: silence",
  "unread: tunnels",
  "tunnels of clients that are gone",
  "forged lines: requests",
  "long lines: denied requests",
];

/** What goes on at a proxy that nobody attacks. */
type Calm = Pick<Observation, "alone" | "healthAlone">;

// What does harm does it again; a machine that had something else to do rarely has.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

describeWith([DOCKER], "a hostile client does no harm to another", () => {
  const theatre = new Theatre();
  let attacked: readonly Scene[];
  let several: Scene;
  let calm: Scene;

  beforeAll(async () => {
    await theatre.open();
    [calm, several, ...attacked] = await Promise.all([
      theatre.scene({ sniCheck: "off", loadBalancer: false }),
      theatre.scene({ sniCheck: "off", loadBalancer: true, squids: 2 }),
      theatre.scene({ sniCheck: "on", loadBalancer: true }),
      theatre.scene({ sniCheck: "off", loadBalancer: false }),
    ]);
  }, 600_000);

  afterAll(() => theatre.close(), 60_000);

  // What one attack has ended, the next one needs.
  beforeEach(() => Promise.all([several, ...attacked].map((scene) => scene.ensure())), 60_000);

  /** What an attack does to an ordinary client beside it, while another has a proxy to itself. */
  async function attack(scene: Scene, name: string, beside: Calm) {
    const { proxy, squids } = scene;
    const client = scene.ordinaryClient();
    const health = new HealthWatch(proxy);
    let usage: Usage | undefined;
    client.start();
    await scene.attack(name, async () => {
      if ((await endOf(proxy)) !== undefined) return;
      const [memory, files] = await Promise.all([
        memoryMiB(theatre.lab, proxy),
        descriptors(proxy),
      ]);
      usage = { memoryMiB: memory, descriptors: files };
    });
    await sleep(AFTER_MS);
    await client.end();
    await health.end();
    const defects = harm({ ...beside, client, health, end: await endOf(proxy), usage, squids });
    return { scene, defects, marks: client.exchanges.flatMap(({ mark }) => mark ?? []) };
  }

  /** The same to several at a time. */
  async function attackAll(name: string, scenes = attacked) {
    const alone = calm.ordinaryClient();
    const healthAlone = new HealthWatch(calm.proxy);
    alone.start();
    const beside = { alone, healthAlone };
    const all = await Promise.all(scenes.map((scene) => attack(scene, name, beside)));
    await Promise.all([alone.end(), healthAlone.end()]);
    return all;
  }

  /** The log, once it has a line for each of these requests, or enough time has passed. */
  async function logOf({ proxy }: Scene, marks: readonly string[]): Promise<Log> {
    const deadline = Date.now() + LOGGED_MS;
    for (;;) {
      const log = await logsOf(proxy.container);
      if (missing(log, marks).length === 0 || Date.now() > deadline) return log;
      await sleep(200);
    }
  }

  async function expectNoHarm(name: string, scenes = attacked) {
    for (const { scene, defects, marks } of await attackAll(name, scenes)) {
      const log = await logOf(scene, marks);
      const found = { harm: defects, strange: strangeLines(log), missing: missing(log, marks) };
      expect({ scene: scene.title, ...found }).toEqual({
        ...{ scene: scene.title, harm: [], strange: [], missing: [] },
      });
    }
  }

  test.each(attackNames(WHICH))("%s", (name) => expectNoHarm(name), 60_000);

  test.each(OF_SEVERAL)(
    "in a task of two vCPUs: %s",
    (name) => expectNoHarm(name, [several]),
    60_000,
  );

  test("nor while nobody takes the log, which says afterwards what it lacks", async () => {
    const release = attacked.map(({ proxy }) => stallLog(proxy));
    const all = await attackAll("long lines: denied requests").finally(() => {
      release.forEach((end) => end());
    });
    for (const { scene, defects, marks } of all) {
      expect(defects).toEqual([]);
      const log = await logOf(scene, marks);
      expect(missing(log, marks).length).toBeLessThanOrEqual(lostLines(log));
    }
  }, 60_000);
});
