import { PROJECT_ROOT } from "../../common/project-root";
import { loadConfiguration } from "../../configuration/configuration";
import { requireCompose } from "../rehearsal/docker";
import type { Fault } from "../rehearsal/faults/fault";
import { parseFaults } from "../rehearsal/faults/faults";
import { loadRules, loadSettings } from "../rehearsal/faults/load-rules";
import { runFault } from "../rehearsal/faults/run-fault";
import { missed, table, type Result } from "../rehearsal/faults/result-table";
import { Rehearsal } from "../rehearsal/rehearsal";
import { reportUserErrors, UserError } from "../../common/user-error";

/** As many as there are by default. A deployment doubles them, and the load balancer has few places. */
const PROXIES = 3;

const start = Date.now();

/** On stderr, so that stdout has the table alone. */
function progress(line: string): void {
  const seconds = Math.round((Date.now() - start) / 1_000);
  console.error(`[${String(seconds).padStart(4)} s] ${line}`);
}

/**
 * Brings a fleet of its own up, makes faults and counts what clients notice of them:
 * `npm run rehearse:faults [-- --only <fault>[,<fault>] | --short]`. Exit code 1 if an aim is missed.
 */
void reportUserErrors(async () => {
  const faults = parseFaults(process.argv.slice(2));
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
    results = await Promise.race([makeAll(faults, rehearsal), interruption()]);
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

function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.once(signal, () => reject(new UserError("Interrupted.")));
    }
  });
}
