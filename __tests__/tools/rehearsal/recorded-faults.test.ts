import path from "node:path";
import { parseSettings, type Settings } from "../../../src/configuration/settings";
import type { AlarmDefinition } from "../../../src/fleet/monitoring/alarm";
import { FAULTS } from "../../../src/tools/rehearsal/faults/faults";
import { nothing } from "../../../src/tools/rehearsal/faults/nothing";
import { RecordingsFile } from "../../../src/tools/rehearsal/metrics/recordings-file";
import { rehearsedAlarms } from "../../../src/tools/rehearsal/metrics/rehearsed-alarms";
import { ringing } from "../../../src/tools/rehearsal/metrics/ringing";

// Made by: npm run rehearse:faults -- --record __tests__/tools/rehearsal/recorded-faults.json
const RECORDINGS = new RecordingsFile(path.join(__dirname, "recorded-faults.json")).read();
const ALARMS = rehearsedAlarms(defaults());
const USUAL = RECORDINGS[nothing.name]!;

test.each(FAULTS)("$title: rings $rings", ({ name, rings }) => {
  expect(RECORDINGS).toHaveProperty([name]);
  expect(ringing(ALARMS, RECORDINGS[name]!, USUAL).sort()).toEqual([...rings].sort());
});

test("what alarms look at was published, but for NAT gateways, which a rehearsal has not", () => {
  const keyOf = ({ namespace, name, dimensions }: Omit<(typeof USUAL.metrics)[0], "points">) =>
    JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
  const published = USUAL.metrics.map(keyOf);
  const looked = ALARMS.flatMap(metricsOf);
  const missing = looked.filter((metric) => !published.includes(keyOf(metric)));
  expect(missing.map(({ namespace }) => namespace)).toEqual(["AWS/NATGateway"]);
});

/** Those that nothing in a rehearsal brings about; their own suite has them. */
test("the alarms that no fault rings", () => {
  const rung = FAULTS.flatMap(({ rings }) => rings);
  const silent = ALARMS.map(({ id }) => id).filter((id) => !rung.includes(id));
  expect(silent).toEqual([
    ...["zone-1-without-task", "scaling-at-maximum", "traffic-ceased"],
    ...["client-at-connection-limit", "nat-1-without-ports", "rules-stale"],
  ]);
});

/** The settings that nobody has set. */
function defaults(): Settings {
  const parsed = parseSettings({});
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return parsed.settings;
}

function metricsOf({ series }: AlarmDefinition) {
  return "expression" in series ? Object.values(series.metrics) : [series];
}
