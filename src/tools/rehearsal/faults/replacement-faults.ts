import { setTimeout as sleep } from "node:timers/promises";
import {
  DEREGISTRATION_DELAY_SECONDS,
  SHUTDOWN_DELAY_SECONDS,
  SHUTDOWN_LIFETIME_SECONDS,
} from "../../../fleet/proxy/shutdown";
import { docker } from "../docker";
import { mayBeCutFrom, victim, type Fault } from "./fault";
import { DETECTION_SECONDS } from "./task-faults";

/** What open tunnels have after SIGTERM; a second less, because Squid counts in whole ones. */
const AFTER_SIGTERM_SECONDS = SHUTDOWN_DELAY_SECONDS + SHUTDOWN_LIFETIME_SECONDS - 1;

/** What they have from the deregistration on. */
export const TUNNEL_SECONDS = DEREGISTRATION_DELAY_SECONDS + AFTER_SIGTERM_SECONDS;

/** A task is replaced, as when ECS moves it to another host. */
export const stop: Fault = {
  name: "stop",
  title: "A proxy is replaced",
  aim: `nothing fails; its tunnels have ${TUNNEL_SECONDS + 1} s`,
  rings: [],
  async make(rehearsal) {
    const proxy = await victim(rehearsal);
    await rehearsal.service.start();
    const begin = Date.now();
    const mayBeCut = mayBeCutFrom(begin + TUNNEL_SECONDS * 1_000, [proxy]);
    await rehearsal.service.stop(proxy);
    return { begin, mayFail: [], mayBeCut };
  },
};

/**
 * A deployment. The service has 100 percent of its tasks at least and 200 at most, so that ECS
 * starts all new ones and, once they are healthy, stops all old ones.
 */
export const deploy: Fault = {
  name: "deploy",
  title: "All proxies are replaced",
  aim: `nothing fails; tunnels have ${TUNNEL_SECONDS + 1} s`,
  rings: [],
  async make(rehearsal) {
    const old = await rehearsal.service.proxies();
    await rehearsal.service.scale(2 * old.length);
    const begin = Date.now();
    const mayBeCut = mayBeCutFrom(begin + TUNNEL_SECONDS * 1_000, old);
    await Promise.all(old.map((proxy) => rehearsal.service.stop(proxy)));
    return { begin, mayFail: [], mayBeCut };
  },
};

/**
 * Fargate wants a Spot task's capacity back: SIGTERM comes first, and the load balancer hears of it
 * afterwards. How long afterwards, AWS does not say; here in the middle of the shutdown delay.
 */
export const spot: Fault = {
  name: "spot",
  title: "A Spot task is interrupted",
  aim: `nothing fails; its tunnels have ${AFTER_SIGTERM_SECONDS + 1} s`,
  rings: [],
  async make(rehearsal) {
    const proxy = await victim(rehearsal);
    const begin = Date.now();
    const mayBeCut = mayBeCutFrom(begin + AFTER_SIGTERM_SECONDS * 1_000, [proxy]);
    await docker("kill", "--signal", "TERM", proxy.container);
    await sleep((SHUTDOWN_DELAY_SECONDS / 2) * 1_000);
    await rehearsal.service.stop(proxy);
    await rehearsal.service.start();
    return { begin, mayFail: [], mayBeCut };
  },
};

/**
 * The same, but nobody takes the task out of the target group before it has ended. AWS says that this
 * happens. Then the health check finds a closed port, and the load balancer ends the tunnels with it.
 * Source: https://repost.aws/knowledge-center/fargate-spot-termination-notice, and "Connection
 * termination for unhealthy targets", Elastic Load Balancing, Network Load Balancers guide.
 */
export const spotRegistered: Fault = {
  name: "spot-registered",
  title: "A Spot task is interrupted and stays registered",
  aim: `fails for ${DETECTION_SECONDS} s at most, after ${SHUTDOWN_DELAY_SECONDS} s; only its tunnels are cut`,
  rings: [],
  async make(rehearsal) {
    const proxy = await victim(rehearsal);
    const begin = Date.now();
    const closed = begin + SHUTDOWN_DELAY_SECONDS * 1_000;
    const mayBeCut = mayBeCutFrom(closed, [proxy]);
    await docker("kill", "--signal", "TERM", proxy.container);
    await docker("wait", proxy.container);
    await rehearsal.service.remove(proxy);
    await rehearsal.service.start();
    return {
      begin,
      mayFail: [{ from: closed, to: closed + DETECTION_SECONDS * 1_000 }],
      mayBeCut,
    };
  },
};
