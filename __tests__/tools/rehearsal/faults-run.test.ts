import { docker } from "../../../src/tools/rehearsal/docker";
import { missedAims } from "../../../src/tools/rehearsal/faults/account";
import { mayBeCutFrom, victim, type Fault } from "../../../src/tools/rehearsal/faults/fault";
import { SHORT_FAULTS } from "../../../src/tools/rehearsal/faults/faults";
import { stop } from "../../../src/tools/rehearsal/faults/replacement-faults";
import { loadRules, loadSettings } from "../../../src/tools/rehearsal/faults/load-rules";
import {
  badAnswers,
  changes,
  rulesKilled,
  storeGone,
} from "../../../src/tools/rehearsal/faults/rule-faults";
import { runFault } from "../../../src/tools/rehearsal/faults/run-fault";
import { Rehearsal } from "../../../src/tools/rehearsal/rehearsal";
import { parseSettings, type Settings } from "../../../src/configuration/settings";
import { CHECKOUT } from "../../helpers/checkout";
import { COMPOSE, DOCKER, describeWith } from "../../helpers/tools";

describeWith([DOCKER, COMPOSE], "faults of the fleet", () => {
  const rehearsal = new Rehearsal({
    root: CHECKOUT,
    settings: loadSettings(settings()),
    rules: loadRules(),
    purpose: "faults-test",
  });

  beforeAll(() => rehearsal.up(), 600_000);
  afterAll(() => rehearsal.down(), 120_000);

  test.each(SHORT_FAULTS)(
    "$title: $aim",
    async (fault) => {
      const { counted, expectation } = await runFault(rehearsal, fault);
      expect(missedAims(counted, expectation)).toEqual([]);
      // The fault was one.
      expect(counted.failed + counted.cutInTime).toBeGreaterThan(0);
    },
    400_000,
  );

  test.each([changes, storeGone(30), badAnswers(["corrupt", "older"]), rulesKilled])(
    "$title: $aim",
    async (fault) => {
      const { counted, expectation } = await runFault(rehearsal, fault);
      expect(missedAims(counted, expectation)).toEqual([]);
    },
    400_000,
  );

  test("a proxy that ends without notice is not one that is replaced in order", async () => {
    const unannounced: Fault = {
      ...stop,
      async make() {
        const proxy = await victim(rehearsal);
        const begin = Date.now();
        const mayBeCut = mayBeCutFrom(Infinity, [proxy]);
        await docker("kill", proxy.container);
        return { begin, mayFail: [], mayBeCut };
      },
    };
    const { counted, expectation } = await runFault(rehearsal, unannounced);
    expect(missedAims(counted, expectation)).toEqual([
      expect.stringContaining("new requests failed when none may"),
      expect.stringContaining("tunnels were cut before their time"),
    ]);
  }, 200_000);
});

/** Those that nobody has set. */
function settings(): Settings {
  const parsed = parseSettings({});
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return parsed.settings;
}
