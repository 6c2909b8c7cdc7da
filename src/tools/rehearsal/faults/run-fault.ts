import { setTimeout as sleep } from "node:timers/promises";
import type { AlarmDefinition } from "../../../fleet/monitoring/alarm";
import { SITE } from "../compose";
import { Recorder } from "../metrics/recorder";
import type { Recording } from "../metrics/recording";
import { ringing } from "../metrics/ringing";
import type { Rehearsal } from "../rehearsal";
import { account, type Expectation } from "./account";
import { until, type Fault } from "./fault";
import type { LoadOptions } from "./load-protocol";
import { RunningLoad } from "./running-load";
import type { Result } from "./result-table";

/** Far below what three of the smallest tasks can do: see docs/proxy-speed.md. */
const LOAD: LoadOptions = { domain: SITE, requestsPerSecond: 20, tunnels: 30, path: "/" };

/** How long the load runs before the fault, and after it. */
const BEFORE_SECONDS = 5;
const AFTER_SECONDS = 10;

/**
 * How much longer a fault lasts for a recorder, where it can: five whole minutes for the alarms that
 * look at as many, wherever in a minute it begins.
 */
const HOLD_SECONDS = 360;

/** Makes a fault while clients use the fleet, once that is whole. */
export async function runFault(rehearsal: Rehearsal, fault: Fault): Promise<Result> {
  const load = await loadOf(rehearsal);
  const expectation = await make(rehearsal, fault, 0).finally(() => load.end());
  return { fault, expectation, counted: account(load.events, expectation) };
}

/**
 * The same with a fault that lasts; writes down what CloudWatch would have of it, and finds what rings.
 *
 * @param usual a recording of a fleet that is well. @default - this one
 */
export async function recordFault(
  rehearsal: Rehearsal,
  fault: Fault,
  alarms: readonly AlarmDefinition[],
  usual?: Recording,
): Promise<{ readonly result: Result; readonly recording: Recording }> {
  const load = await loadOf(rehearsal);
  const recorder = new Recorder(rehearsal);
  try {
    const expectation = await make(rehearsal, fault, HOLD_SECONDS);
    const { recording } = await recorder.end();
    await load.end();
    const rang = ringing(alarms, recording, usual ?? recording);
    const result = { fault, expectation, counted: account(load.events, expectation), rang };
    return { result, recording };
  } catch (error) {
    await Promise.all([recorder.abandon(), load.end()]);
    throw error;
  }
}

async function loadOf(rehearsal: Rehearsal): Promise<RunningLoad> {
  await until("all proxies are healthy", async () => {
    return (await rehearsal.service.targets()).every(({ state }) => state === "healthy");
  });
  return RunningLoad.start(await rehearsal.client(), LOAD);
}

async function make(rehearsal: Rehearsal, fault: Fault, holdSeconds: number): Promise<Expectation> {
  await sleep(BEFORE_SECONDS * 1_000);
  const expectation = await fault.make(rehearsal, () => sleep(holdSeconds * 1_000).then(() => {}));
  await sleep(AFTER_SECONDS * 1_000);
  return expectation;
}
