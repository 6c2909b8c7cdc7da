import type { Fault } from "./fault";
import { tunnelsThatFit } from "./memory-fault";
import { commandOf, Program } from "./program";

/** What part of its connections each proxy has in tunnels: above what rings, with room for the load. */
const SHARE = 0.9;

/** Tunnels that are hardly used, as those of shells and web sockets, fill the fleet; the CPU sleeps. */
export const tunnels: Fault = {
  name: "tunnels",
  title: "Idle tunnels fill all proxies",
  aim: "nothing fails; no tunnel is cut",
  rings: ["flows-near-limit"],
  async make(rehearsal, hold) {
    const proxies = await rehearsal.service.proxies();
    const fit = await Promise.all(proxies.map(tunnelsThatFit));
    const wanted = Math.floor(SHARE * fit.reduce((sum, number) => sum + number, 0));
    const begin = Date.now();
    const program = commandOf("idle", String(wanted));
    const idle = new Program(["exec", "--interactive", await rehearsal.client(), ...program]);
    await idle.nextLine();
    await hold();
    await idle.end();
    return { begin, mayFail: [], mayBeCut: new Map() };
  },
};
