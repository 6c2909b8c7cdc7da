import { Cgroup } from "../../bench/cgroup";
import { MEMORY_SHARE, mostObjectBytes } from "../../src/configuration/rules/rule-capacity";
import { eventually } from "../helpers/docker";
import { DEFAULTS, Lab, type Proxy } from "../helpers/lab";
import { storeObjects, writeStore, type TestRules } from "../helpers/rule-store";
import { DOCKER, describeWith } from "../helpers/tools";
import { logLines } from "./access-log";

const BYTES_PER_RULE = 40;

/** As many rules as a task may have, and one of a kind. */
function mostRules(kind: string): TestRules {
  const count = Math.floor(mostObjectBytes(DEFAULTS.memoryMiB) / BYTES_PER_RULE) - 10;
  const names = Array.from({ length: count }, (_, index) => {
    return `host-${String(index).padStart(9, "0")}.some-domain.example`;
  });
  return { allowed: [`${kind}.test`, ...names] };
}

describeWith([DOCKER], "as many rules as a task may have", () => {
  const lab = new Lab();

  beforeAll(() => lab.start(), 600_000);
  afterAll(() => lab.remove(), 60_000);

  const peak = async ({ container }: Proxy) => (await Cgroup.of(container)).peakMemoryMiB();

  test("take no more memory than is reckoned, also while they change", async () => {
    const store = await lab.store(mostRules("first"));
    const size = Object.values(storeObjects(mostRules("first"))).join("").length;
    expect(size).toBeGreaterThan(mostObjectBytes(DEFAULTS.memoryMiB) * 0.99);
    const [without, proxy] = await Promise.all([
      lab.proxy(),
      lab.proxy({ rules: store, cpus: 0.25 }),
    ]);
    writeStore(store, mostRules("second"));
    await eventually(async () => {
      expect(await proxy.get("http://second.test/")).toMatchObject({ status: 503 });
    });
    expect((await logLines(proxy)).filter(({ event }) => event === "rules")).toHaveLength(2);
    const taken = (await peak(proxy)) - (await peak(without));
    const reckoned = DEFAULTS.memoryMiB * MEMORY_SHARE;
    expect(taken).toBeLessThan(reckoned);
    expect(taken).toBeGreaterThan(reckoned / 3);
  }, 120_000);
});
