import { HEALTH_CHECK } from "../../../fleet/proxy/health-check";
import { docker } from "../docker";
import type { Rehearsal } from "../rehearsal";
import type { Proxy } from "../service";
import type { Expectation } from "./account";
import {
  containerHealth,
  mayBeCutFrom,
  signal,
  until,
  victim,
  type Fault,
  type Hold,
} from "./fault";

/** The longest that the load balancer takes to notice a proxy that has gone. */
export const DETECTION_SECONDS =
  HEALTH_CHECK.intervalSeconds * HEALTH_CHECK.unhealthyThreshold + HEALTH_CHECK.timeoutSeconds;

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

async function killing(rehearsal: Rehearsal, untilReplaced: Hold): Promise<Expectation> {
  const proxy = await victim(rehearsal);
  const begin = Date.now();
  const mayBeCut = mayBeCutFrom(begin, [proxy]);
  await docker("kill", proxy.container);
  // ECS would take it out sooner; the health check is what helps where ECS does not.
  await until("the load balancer has noticed", async () => {
    const targets = await rehearsal.service.targets();
    return targets.some(({ address, state }) => {
      return address === proxy.address && state === "unhealthy";
    });
  });
  await untilReplaced();
  await rehearsal.service.remove(proxy);
  await rehearsal.service.start();
  const mayFail = [{ from: begin, to: begin + DETECTION_SECONDS * 1_000 }];
  return { begin, mayFail, mayBeCut };
}

/** Something in a proxy hangs upon which all of its requests wait; ECS replaces it. */
export function freezing(program: string): Fault["make"] {
  return async (rehearsal) => {
    const proxy = await victim(rehearsal);
    const checkSeconds = await healthCheckSeconds(proxy);
    const begin = Date.now();
    const mayBeCut = mayBeCutFrom(begin, [proxy]);
    await signal(proxy, "STOP", program);
    await until("the health check has found it", async () => {
      return (await containerHealth(proxy)) === "unhealthy";
    });
    const found = Date.now();
    await rehearsal.service.start();
    await rehearsal.service.remove(proxy);
    const mayFail = [
      { from: begin, to: begin + checkSeconds * 1_000 },
      { from: found, to: Date.now() },
    ];
    return { begin, mayFail, mayBeCut };
  };
}

/**
 * Squid hangs. Its kernel still takes connections, so that only the container's health check finds
 * it, upon which ECS starts a replacement first, as far as the maximum percent allows.
 * Source: `maximumPercent` of DeploymentConfiguration, Amazon ECS API reference.
 */
export const freeze: Fault = {
  name: "freeze",
  title: "Squid freezes",
  aim: "fails until the container's health check has found it and ECS has replaced it",
  rings: [],
  make: freezing("squid"),
};

/** The longest that the container's health check takes to find it unhealthy. */
async function healthCheckSeconds({ container }: Proxy): Promise<number> {
  const check = await docker("inspect", "--format", "{{json .Config.Healthcheck}}", container);
  const { Interval, Timeout, Retries } = JSON.parse(check) as Record<string, number>;
  // In nanoseconds.
  return ((Interval! + Timeout!) * Retries!) / 1e9;
}
