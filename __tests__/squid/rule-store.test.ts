import { chmodSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { INDEX_KEY, setKey } from "../../src/fleet/rules/rule-objects";
import { docker, eventually, logsOf, pause } from "../helpers/docker";
import { Lab, type Proxy, type RuleStore } from "../helpers/lab";
import { storeObjects, versionOf, writeStore, type TestRules } from "../helpers/rule-store";
import { DOCKER, describeWith } from "../helpers/tools";
import { logLines } from "./access-log";
import type { Behaviour } from "./lab/rule-store";

const RULES: TestRules = { allowed: ["good.test"] };
const OTHERS: TestRules = { allowed: ["other.test"] };
const OBJECTS = storeObjects(RULES);
const OTHER_OBJECTS = storeObjects(OTHERS);

/** A bucket in a folder, with the proxy that asks for it. */
class Scene {
  constructor(
    readonly bucket: string,
    readonly folder: string,
    readonly proxy: Proxy,
    readonly options: readonly string[],
  ) {}

  write(key: string, content: string | Buffer): void {
    const file = path.join(this.folder, key);
    writeFileSync(file, content);
    chmodSync(file, 0o644);
  }

  remove(key: string): void {
    rmSync(path.join(this.folder, key), { force: true });
  }

  behave(behaviour: Behaviour): void {
    this.write("behaviour", behaviour);
  }

  /** The events of the rules, without their times. */
  async events() {
    return (await logLines(this.proxy)).flatMap((line) =>
      line.event === "rules" || line.event === "rules-rejected"
        ? [{ event: line.event, reason: line.reason, version: line.version }]
        : [],
    );
  }

  async statusOf(host: string) {
    return (await this.proxy.get(`http://${host}/`)).status;
  }

  /** Which rules are enforced: a name that is admitted has no address. */
  async enforced() {
    const [good, other] = [await this.statusOf("good.test"), await this.statusOf("other.test")];
    return { "good.test": good, "other.test": other };
  }
}

/** The next question, and until its answer, if there is none, is given up. */
const ANSWERED_SECONDS = 40;

const FIRST_RULES = { "good.test": 503, "other.test": 403 };

/** Each is spoilt when the first rules are in force, and mended later. */
const BAD_ANSWERS: Readonly<Record<string, readonly [RegExp, (scene: Scene) => void]>> = {
  "an index that is cut off on its way": behaving("cut off", /^index\.txt: .*(receiving|partial)/),
  "an answer without end": behaving("endless", /^index\.txt is larger than 1048576 bytes$/),
  "a refusal": behaving("denied", /^index\.txt: status 403$/),
  "a web page": behaving("web page", /^index\.txt does not end in its checksum/),
  "an index without a date": behaving("undated", /^index\.txt has no Last-Modified$/),
  "a redirect": behaving("redirect", /^index\.txt: status 302$/),
  "an empty index": [/^index\.txt does not end/, (scene) => scene.write(INDEX_KEY, "")],
  "half an index": [
    /^index\.txt does not end/,
    (scene) => scene.write(INDEX_KEY, OTHER_OBJECTS[INDEX_KEY]!.slice(0, 100)),
  ],
  "an index with another letter": [
    /^index\.txt does not have its checksum$/,
    (scene) => scene.write(INDEX_KEY, OTHER_OBJECTS[INDEX_KEY]!.replace("default", "defaulT")),
  ],
  "an index of 50 MB": [
    /^index\.txt is larger than 1048576 bytes$/,
    (scene) => scene.write(INDEX_KEY, Buffer.alloc(50 << 20, "x")),
  ],
  "an older index": [
    /^index\.txt is older than the one in force$/,
    (scene) => {
      writeStore(scene.folder, OTHERS);
      utimesSync(path.join(scene.folder, INDEX_KEY), 1, 1);
    },
  ],
  "no set": [
    /^sets\/default\.txt: status 404$/,
    (scene) => {
      writeStore(scene.folder, OTHERS);
      scene.remove(setKey("default"));
    },
  ],
  "a set of 50 MB": [
    /^sets\/default\.txt is larger than 16777216 bytes$/,
    (scene) => {
      writeStore(scene.folder, OTHERS);
      scene.write(setKey("default"), Buffer.alloc(50 << 20, "x"));
    },
  ],
  "a set that stays another than the index says": [
    /^sets\/default\.txt does not have the checksum that index\.txt says$/,
    (scene) => {
      writeStore(scene.folder, OTHERS);
      scene.write(setKey("default"), OBJECTS[setKey("default")]!);
    },
  ],
};

function behaving(behaviour: Behaviour, reason: RegExp) {
  return [
    reason,
    (scene: Scene) => {
      scene.behave(behaviour);
      writeStore(scene.folder, OTHERS);
    },
  ] as const;
}

describeWith([DOCKER], "the store of the rules", () => {
  const lab = new Lab();

  let folder: string;
  let store: RuleStore;
  let buckets = 0;

  beforeAll(async () => {
    await lab.start();
    folder = await lab.folder();
    store = await lab.ruleStore(folder);
  }, 600_000);
  afterAll(() => lab.remove(), 60_000);

  async function start(): Promise<Scene> {
    const bucket = `bucket${buckets++}`;
    const objects = path.join(folder, bucket);
    writeStore(objects, RULES);
    const options = await lab.trustingStore(store, bucket);
    return new Scene(bucket, objects, await lab.proxy({ options }), options);
  }

  test("is asked for what is new only", async () => {
    const { bucket } = await start();
    await eventually(async () => {
      const again = { event: "request", bucket, url: `/${INDEX_KEY}`, status: 304 };
      expect(await store.events()).toContainEqual(again);
    });
  }, 60_000);

  describe("gives a bad answer, which changes nothing and is in the log once:", () => {
    const seen = new Map<string, Awaited<ReturnType<typeof spoil>>>();

    async function spoil(how: (scene: Scene) => void) {
      const scene = await start();
      how(scene);
      await eventually(async () => expect(await scene.events()).toHaveLength(2), ANSWERED_SECONDS);
      const enforced = await scene.enforced();
      scene.remove("behaviour");
      writeStore(scene.folder, OTHERS);
      await eventually(async () => expect(await scene.statusOf("other.test")).toBe(503));
      return { enforced, events: await scene.events() };
    }

    // All at once, as each of them waits for the proxy to ask again.
    beforeAll(async () => {
      await Promise.all(
        Object.entries(BAD_ANSWERS).map(async ([name, [, how]]) =>
          seen.set(name, await spoil(how)),
        ),
      );
    }, 300_000);

    test.each(Object.keys(BAD_ANSWERS))("%s", (name) => {
      const [first, others] = [versionOf(RULES), versionOf(OTHERS)];
      const reason = expect.stringMatching(BAD_ANSWERS[name]![0]) as string;
      expect(seen.get(name)).toEqual({
        enforced: FIRST_RULES,
        events: [
          { event: "rules", reason: "changed", version: first },
          { event: "rules-rejected", reason, version: first },
          { event: "rules", reason: "changed", version: others },
        ],
      });
    });
  });

  test("is written while it is read: nothing is said, and the last of it counts", async () => {
    const scene = await start();
    const last = { allowed: ["round39.test"] };
    for (let round = 0; round < 40; round++) {
      const objects = storeObjects({ allowed: [`round${round}.test`] });
      scene.write(setKey("default"), objects[setKey("default")]!);
      await sleep(200);
      scene.write(INDEX_KEY, objects[INDEX_KEY]!);
      await sleep(200);
    }
    await eventually(async () => expect(await scene.statusOf("round39.test")).toBe(503));
    const events = await scene.events();
    expect(events.filter(({ event }) => event !== "rules")).toEqual([]);
    expect(events.at(-1)!.version).toBe(versionOf(last));
  }, 120_000);

  test("is gone: the rules stay, and a proxy that starts has no listener until it is back", async () => {
    const scene = await start();
    const { container } = store;
    await pause(container);
    try {
      await eventually(async () => expect(await scene.events()).toHaveLength(2), ANSWERED_SECONDS);
      expect((await scene.events())[1]).toMatchObject({ event: "rules-rejected" });
      expect(await scene.enforced()).toEqual(FIRST_RULES);

      const { options } = scene;
      const other = await lab.createProxy({ options });
      await docker("start", other);
      const health = () => docker("exec", other, "/usr/local/bin/healthcheck");
      await eventually(async () => {
        const { stdout } = await logsOf(other);
        expect(JSON.parse(stdout)).toMatchObject({ event: "rules-rejected", version: null });
      });
      await expect(health()).rejects.toMatchObject({ code: 1 });
      const listens = docker("exec", other, "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3128");
      await expect(listens).rejects.toThrow("Connection refused");

      await docker("unpause", container);
      await eventually(health);
    } finally {
      await docker("unpause", container).catch(() => undefined);
    }
  }, 120_000);

  test("is not believed with a certificate of nobody's", async () => {
    const { options } = await start();
    const stranger = await lab.createProxy({ options: options.slice(0, -2) });
    await docker("start", stranger);
    await eventually(async () => {
      const { stdout } = await logsOf(stranger);
      expect(stdout).toMatch(/"event":"rules-rejected","reason":"index\.txt: SSL/);
    });
  }, 60_000);
});
