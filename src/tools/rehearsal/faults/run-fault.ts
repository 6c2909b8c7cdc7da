import { setTimeout as sleep } from "node:timers/promises";
import { SITE } from "../compose";
import type { Rehearsal } from "../rehearsal";
import { account } from "./account";
import { until, type Fault } from "./fault";
import type { LoadOptions } from "./load-protocol";
import { RunningLoad } from "./running-load";
import type { Result } from "./result-table";

/** Far below what three of the smallest tasks can do: see docs/proxy-speed.md. */
const LOAD: LoadOptions = { domain: SITE, requestsPerSecond: 20, tunnels: 30, path: "/" };

/** How long the load runs before the fault, and after it. */
const BEFORE_SECONDS = 5;
const AFTER_SECONDS = 10;

/** Makes a fault while clients use the fleet, once that is whole. */
export async function runFault(rehearsal: Rehearsal, fault: Fault): Promise<Result> {
  await until("all proxies are healthy", async () => {
    return (await rehearsal.service.targets()).every(({ state }) => state === "healthy");
  });
  const load = await RunningLoad.start(await rehearsal.client(), LOAD);
  const make = async () => {
    await sleep(BEFORE_SECONDS * 1_000);
    const expectation = await fault.make(rehearsal);
    await sleep(AFTER_SECONDS * 1_000);
    return expectation;
  };
  const expectation = await make().finally(() => load.end());
  return { fault, expectation, counted: account(load.events, expectation) };
}
