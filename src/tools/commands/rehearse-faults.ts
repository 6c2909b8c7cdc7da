import { PROJECT_ROOT } from "../../common/project-root";
import type { AlarmDefinition } from "../../fleet/monitoring/alarm";
import { loadConfiguration } from "../../configuration/configuration";
import { requireCompose } from "../rehearsal/docker";
import type { Fault } from "../rehearsal/faults/fault";
import { parseFaults } from "../rehearsal/faults/faults";
import { loadRules, loadSettings } from "../rehearsal/faults/load-rules";
import { nothing } from "../rehearsal/faults/nothing";
import { recordFault, runFault } from "../rehearsal/faults/run-fault";
import { missed, table, type Result } from "../rehearsal/faults/result-table";
import { interruption } from "../rehearsal/interruption";
import { RecordingsFile } from "../rehearsal/metrics/recordings-file";
import { Rehearsal } from "../rehearsal/rehearsal";
import { PROXIES, rehearsedAlarms } from "../rehearsal/metrics/rehearsed-alarms";
import { reportUserErrors, UserError } from "../../common/user-error";

const start = Date.now();

/** On stderr, so that stdout has the table alone. */
function progress(line: string): void {
  const seconds = Math.round((Date.now() - start) / 1_000);
  console.error(`[${String(seconds).padStart(4)} s] ${line}`);
}

/**
 * Brings a fleet of its own up, makes faults and counts what clients notice of them:
 * `npm run rehearse:faults [-- --only <fault>[,<fault>] | --short] [--record <file>]`. Exit code 1 if an aim
 * is missed.
 */
void reportUserErrors(async () => {
  const { faults, record } = parseFaults(process.argv.slice(2));
  requireCompose();
  const { settings } = loadConfiguration(PROJECT_ROOT, process.env);
  const service = { ...settings.service, desiredCount: PROXIES };
  const rehearsal = new Rehearsal({
    root: PROJECT_ROOT,
    settings: loadSettings({ ...settings, service }),
    rules: loadRules(),
    // Not that of `npm run rehearse`, which may be up as well.
    purpose: "faults",
    progress,
  });
  let results: Result[];
  try {
    const made =
      record === undefined
        ? makeAll(faults, rehearsal)
        : recordAll(faults, rehearsal, rehearsedAlarms(settings), new RecordingsFile(record));
    results = await Promise.race([made, interruption()]);
  } finally {
    progress("Removing everything …");
    await rehearsal.down();
  }
  console.log(table(results));
  const aims = missed(results);
  if (aims.length > 0) throw new UserError(`Missed aims:\n  ${aims.join("\n  ")}`);
})
  // What an interruption has removed may still be waited for.
  .then(() => process.exit());

async function makeAll(faults: readonly Fault[], rehearsal: Rehearsal): Promise<Result[]> {
  const results: Result[] = [];
  await rehearsal.up();
  for (const fault of faults) {
    progress(`${results.length + 1} of ${faults.length}: ${fault.title}`);
    results.push(await runFault(rehearsal, fault));
  }
  return results;
}

/** Makes faults that last, after a while without any, keeps what is recorded, and tells what rings. */
async function recordAll(
  faults: readonly Fault[],
  rehearsal: Rehearsal,
  alarms: readonly AlarmDefinition[],
  file: RecordingsFile,
): Promise<Result[]> {
  const results: Result[] = [];
  await rehearsal.up();
  const usual = file.read()[nothing.name] === undefined && !faults.includes(nothing);
  for (const fault of usual ? [nothing, ...faults] : faults) {
    progress(`Recording: ${fault.title}`);
    const { result, recording } = await recordFault(
      rehearsal,
      fault,
      alarms,
      file.read()[nothing.name],
    );
    file.write(fault.name, recording);
    results.push(result);
  }
  return results;
}
