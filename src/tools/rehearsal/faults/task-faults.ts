import { HEALTH_CHECK } from "../../../fleet/proxy/health-check";
import { docker } from "../docker";
import type { Rehearsal } from "../rehearsal";
import type { Proxy } from "../service";
import type { Expectation } from "./account";
import { mayBeCutFrom, signal, until, victim, type Fault, type Hold } from "./fault";

/**
 * The longest that the rehearsal's load balancer takes to notice a proxy that gives no answer. HAProxy counts an
 * interval from the end of a check, and a check that has no answer ends with its time.
 * Source: `process_chk_conn` in HAProxy's src/check.c.
 */
export const DETECTION_SECONDS =
  (HEALTH_CHECK.intervalSeconds + HEALTH_CHECK.timeoutSeconds) * HEALTH_CHECK.unhealthyThreshold;

/** A task dies at once, as with a crash or a lost host. */
export const kill: Fault = {
  name: "kill",
  title: "A proxy is killed",
  aim: `fails for ${DETECTION_SECONDS} s at most; only its tunnels are cut`,
  rings: [],
  make: (rehearsal) => killing(rehearsal, async () => {}),
};

/** The same while Fargate has no room for another one. */
export const lost: Fault = {
  name: "lost",
  title: "A proxy is killed, and none can be started in its place",
  aim: kill.aim,
  rings: ["too-few-tasks", "unhealthy-tasks"],
  make: killing,
};

function killing(rehearsal: Rehearsal, untilReplaced: Hold): Promise<Expectation> {
  const end = ({ container }: Proxy) => docker("kill", container).then(() => {});
  return ending(rehearsal, end, untilReplaced);
}

/** Something in a proxy hangs upon which all of its requests wait. */
export function freezing(program: string): Fault["make"] {
  return (rehearsal) =>
    ending(
      rehearsal,
      (proxy) => signal(proxy, "STOP", program),
      async () => {},
    );
}

/** A proxy serves nobody any more. */
async function ending(
  rehearsal: Rehearsal,
  end: (proxy: Proxy) => Promise<void>,
  untilReplaced: Hold,
): Promise<Expectation> {
  const proxy = await victim(rehearsal);
  const begin = Date.now();
  const mayBeCut = mayBeCutFrom(begin, [proxy]);
  await end(proxy);
  const ended = Date.now();
  // ECS would take a dead one out sooner; the health check is what helps where ECS does not.
  await until("the load balancer has noticed", async () => {
    const targets = await rehearsal.service.targets();
    return targets.some(({ address, state }) => {
      return address === proxy.address && state === "unhealthy";
    });
  });
  await untilReplaced();
  await rehearsal.service.remove(proxy);
  await rehearsal.service.start();
  const mayFail = [{ from: begin, to: ended + DETECTION_SECONDS * 1_000 }];
  return { begin, mayFail, mayBeCut };
}

/** Squid hangs. Its kernel still takes connections, and what is asked on them gets no answer. */
export const freeze: Fault = {
  name: "freeze",
  title: "Squid freezes",
  aim: kill.aim,
  rings: [],
  make: freezing("squid"),
};
