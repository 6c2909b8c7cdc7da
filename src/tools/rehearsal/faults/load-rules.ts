import type { Rules } from "../../../fleet/rules/rule-set";
import type { Settings } from "../../../configuration/settings";
import { SITE, STUCK_SITE } from "../compose";

/** A name that {@link loadRules} do not list. */
export const REFUSED_HOST = "refused.test";

/**
 * Rules that let the load's sites pass and nothing else, so that rules that get lost would be noticed.
 *
 * @param more other names.
 */
export function loadRules(...more: readonly string[]): Rules {
  return rulesOf(`.${SITE}`, `.${STUCK_SITE}`, ...more);
}

/** Rules that refuse all of the load, so that whoever takes them over is found out. */
export function hostileRules(): Rules {
  return rulesOf("hostile.test");
}

function rulesOf(...names: readonly string[]): Rules {
  const allowed = names.map((text, index) => ({ text, file: "load-rules", line: index + 1 }));
  return {
    sets: [{ name: "default", domainFilter: "enforce", allowed, denied: [] }],
    always: [],
  };
}

/**
 * Settings for the load: one client, which has these rules and as many connections as the load needs, in a
 * network of the rehearsal's own.
 */
export function loadSettings(settings: Settings): Settings {
  const clients = settings.clients
    .filter(({ vpc }) => "cidr" in vpc)
    .slice(0, 1)
    .map((client) => ({ ...client, rules: "default" }));
  return {
    ...settings,
    proxy: { ...settings.proxy, maxConnectionsPerClient: 2_000 },
    clients,
    consumers: [],
  };
}
