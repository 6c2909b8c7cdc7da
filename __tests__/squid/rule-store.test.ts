import { chmodSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { INDEX_KEY, setKey } from "../../src/fleet/rules/rule-objects";
import { docker, eventually, logsOf } from "../helpers/docker";
import { Lab, type Proxy, type RuleStore } from "../helpers/lab";
import { storeObjects, versionOf, writeStore, type TestRules } from "../helpers/rule-store";
import { DOCKER, describeWith } from "../helpers/tools";
import { logLines } from "./access-log";
import type { Behaviour } from "./lab/rule-store";

const RULES: TestRules = { allowed: ["good.test"] };
const OTHERS: TestRules = { allowed: ["other.test"] };

describeWith([DOCKER], "the store of the rules", () => {
  const lab = new Lab();
  let folder: string;
  let store: RuleStore;
  let proxy: Proxy;
  let options: readonly string[];

  beforeAll(async () => {
    await lab.start();
    folder = await lab.store(RULES);
    store = await lab.ruleStore(folder);
    options = await lab.trustingStore(store);
    proxy = await lab.proxy({ options });
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  const behave = (behaviour: Behaviour) => writeObject("behaviour", behaviour);
  const behaveWell = () => rmSync(path.join(folder, "behaviour"), { force: true });

  function writeObject(key: string, content: string | Buffer): void {
    const file = path.join(folder, key);
    writeFileSync(file, content);
    chmodSync(file, 0o644);
  }

  /** The events of the rules since, without their times. */
  async function events(of = proxy, since = 0) {
    const ofRules = (await logLines(of)).flatMap((line) =>
      line.event === "rules" || line.event === "rules-rejected"
        ? [{ event: line.event, reason: line.reason, version: line.version }]
        : [],
    );
    return ofRules.slice(since);
  }

  const statusOf = async (host: string) => (await proxy.get(`http://${host}/`)).status;

  /** That the first rules, and no others, are enforced. */
  async function expectFirstRules() {
    expect(await statusOf("good.test")).toBe(503);
    expect(await statusOf("other.test")).toBe(403);
  }

  test("is asked for what is new only", async () => {
    await expectFirstRules();
    await eventually(async () => {
      expect(await store.events()).toContainEqual({
        event: "request",
        url: `/${INDEX_KEY}`,
        status: 304,
      });
    });
  }, 60_000);

  describe("gives a bad answer, which changes nothing and is in the log once:", () => {
    afterEach(async () => {
      const before = (await events()).length;
      behaveWell();
      writeStore(folder, RULES);
      await eventually(async () => {
        expect(await events(proxy, before)).toContainEqual(
          expect.objectContaining({ event: "rules", version: versionOf(RULES) }),
        );
      });
    }, 60_000);

    async function expectRejected(reason: RegExp, spoil: () => void) {
      const before = (await events()).length;
      spoil();
      await eventually(async () => expect(await events(proxy, before)).not.toEqual([]));
      expect(await events(proxy, before)).toEqual([
        {
          event: "rules-rejected",
          reason: expect.stringMatching(reason) as string,
          version: versionOf(RULES),
        },
      ]);
      await expectFirstRules();
    }

    test.each<[Behaviour, RegExp]>([
      ["cut off", /^index\.txt: .*(transfer closed|end of response)/i],
      ["denied", /^index\.txt: status 403$/],
      ["endless", /^index\.txt is larger than 1048576 bytes$/],
      ["web page", /^index\.txt does not end in its checksum/],
      ["undated", /^index\.txt has no Last-Modified$/],
      ["redirect", /^index\.txt: status 302$/],
    ])(
      "%s",
      async (behaviour, reason) => {
        await expectRejected(reason, () => {
          writeStore(folder, OTHERS);
          behave(behaviour);
        });
      },
      60_000,
    );

    const [objects, others] = [RULES, OTHERS].map((rules) => storeObjects(rules)) as [
      Record<string, string>,
      Record<string, string>,
    ];
    test.each<[string, RegExp, () => void]>([
      ["an empty index", /^index\.txt does not end/, () => writeObject(INDEX_KEY, "")],
      [
        "half an index",
        /^index\.txt does not end/,
        () => writeObject(INDEX_KEY, objects[INDEX_KEY]!.slice(0, 100)),
      ],
      [
        "an index with a letter changed",
        /^index\.txt does not have its checksum$/,
        () =>
          writeObject(INDEX_KEY, others[INDEX_KEY]!.replace("unknown default", "unknown defaulT")),
      ],
      [
        "an index of 50 MB",
        /^index\.txt is larger than 1048576 bytes$/,
        () => writeObject(INDEX_KEY, Buffer.alloc(50 << 20, "x")),
      ],
      [
        "an older index",
        /^index\.txt is older than the one in force$/,
        () => {
          writeStore(folder, OTHERS);
          utimesSync(path.join(folder, INDEX_KEY), 1, 1);
        },
      ],
      [
        "no set",
        /^sets\/default\.txt: status 404$/,
        () => {
          writeStore(folder, OTHERS);
          rmSync(path.join(folder, setKey("default")));
        },
      ],
      [
        "a set of 50 MB",
        /^sets\/default\.txt is larger than 16777216 bytes$/,
        () => {
          writeStore(folder, OTHERS);
          writeObject(setKey("default"), Buffer.alloc(50 << 20, "x"));
        },
      ],
    ])("%s", async (_, reason, spoil) => expectRejected(reason, spoil), 60_000);

    test("a set that stays another than the index says", async () => {
      await expectRejected(/^sets\/default\.txt does not have the checksum/, () => {
        writeStore(folder, OTHERS);
        writeObject(setKey("default"), objects[setKey("default")]!);
      });
    }, 60_000);
  });

  test("is written while it is read: nothing is said, and the last of it counts", async () => {
    const before = (await events()).length;
    for (let round = 0; round < 40; round++) {
      const content = { allowed: [`round${round}.test`] };
      writeObject(setKey("default"), storeObjects(content)[setKey("default")]!);
      await sleep(200);
      writeObject(INDEX_KEY, storeObjects(content)[INDEX_KEY]!);
      await sleep(200);
    }
    await eventually(async () => expect(await statusOf("round39.test")).toBe(503));
    const seen = await events(proxy, before);
    expect(seen.filter(({ event }) => event !== "rules")).toEqual([]);
    expect(seen.at(-1)!.version).toBe(versionOf({ allowed: ["round39.test"] }));
    writeStore(folder, RULES);
    await eventually(expectFirstRules);
  }, 120_000);

  test("is gone: the rules stay, also for a fetcher that starts anew; and no proxy starts", async () => {
    const before = (await events()).length;
    await docker("pause", store.container);
    try {
      await eventually(async () => expect(await events(proxy, before)).not.toEqual([]));
      expect(await events(proxy, before)).toMatchObject([{ event: "rules-rejected" }]);
      await expectFirstRules();

      const other = await lab.createProxy({ options });
      await docker("start", other);
      await sleep(8_000);
      const health = docker("exec", other, "/usr/local/bin/healthcheck");
      await expect(health).rejects.toMatchObject({ code: 1 });
      const { stdout } = await logsOf(other);
      expect(JSON.parse(stdout)).toMatchObject({ event: "rules-rejected", version: null });
      await docker("unpause", store.container);
      await eventually(() => docker("exec", other, "/usr/local/bin/healthcheck"));
    } finally {
      await docker("unpause", store.container).catch(() => undefined);
    }
  }, 120_000);

  test("with a certificate of nobody's is not believed", async () => {
    const stranger = await lab.createProxy({ options: options.slice(0, -2) });
    await docker("start", stranger);
    await eventually(async () => {
      const { stdout } = await logsOf(stranger);
      expect(stdout).toMatch(/"event":"rules-rejected","reason":"index\.txt: SSL/);
    });
  }, 60_000);
});
