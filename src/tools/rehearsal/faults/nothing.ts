import type { Fault } from "./fault";

/** Nothing at all: what the load says of a fleet that is well, and what its alarms know as usual. */
export const nothing: Fault = {
  name: "nothing",
  title: "Nothing happens",
  aim: "nothing fails; no tunnel is cut",
  rings: [],
  async make(_, hold) {
    const begin = Date.now();
    await hold();
    return { begin, mayFail: [], mayBeCut: new Map() };
  },
};
