import type { Settings } from "../../../configuration/settings";
import type { AlarmDefinition } from "../../../fleet/monitoring/alarm";
import { alarmDefinitions } from "../../../fleet/monitoring/alarms";
import { squidMemory } from "../../../fleet/squid/squid-memory";
import { MAX_PROXIES } from "../haproxy";
import { REHEARSED } from "./recording";

/** How many proxies faults are made with. A deployment doubles them, and the load balancer has few places. */
export const PROXIES = 3;

/** The alarms of the fleet that faults are made with. None of its proxies may be missing for long. */
export function rehearsedAlarms({
  service,
  proxy,
}: Pick<Settings, "service" | "proxy">): AlarmDefinition[] {
  const { maxConnections } = squidMemory({ ...proxy, ...service });
  return alarmDefinitions({
    logGroupName: "rehearsal",
    dimensions: REHEARSED,
    minCapacity: PROXIES,
    maxCapacity: MAX_PROXIES,
    maxConnections,
  });
}
