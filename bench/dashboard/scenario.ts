import type { Rules, RuleSet } from "../../src/fleet/rules/rule-set";
import { parseSettings, type Settings } from "../../src/configuration/settings";
import { SITE, STUCK_SITE } from "../../src/tools/rehearsal/compose";
import { PROXIES } from "../../src/tools/rehearsal/metrics/rehearsed-alarms";

/** What a client of the rehearsal does: see client.ts. */
export interface Behaviour {
  /** What it asks for by plain HTTP, a host and a path, each so often. */
  readonly pages: Readonly<Record<string, number>>;
  /** The hosts to which it opens a tunnel for a request, each so often. */
  readonly visits: Readonly<Record<string, number>>;
  /** How many tunnels it keeps. */
  readonly tunnels: number;
}

/** All is well for so long, then it is not, and at last it is again. */
export const QUIET_MINUTES = 2;
export const TROUBLE_MINUTES = 6;
export const AFTER_MINUTES = 1;

/** So many connections a client may have with each proxy: fewer than by default, so that one has them. */
const MOST_CONNECTIONS = 40;

/** Seconds from one to the next. */
export const EVERYDAY: Readonly<Record<string, Behaviour>> = {
  office: {
    pages: { [`news.${SITE}/64K`]: 4, [`docs.${SITE}/1K`]: 6, [`video.${SITE}/1M`]: 30 },
    visits: { [`mail.${SITE}`]: 5, "ads.test": 20 },
    tunnels: 30,
  },
  build: {
    pages: { [`packages.${SITE}/64K`]: 3, "10.20.30.40/": 45 },
    visits: { [`git.${SITE}`]: 6 },
    tunnels: 10,
  },
  students: {
    pages: { [`wiki.${SITE}/1K`]: 4, "games.test/1K": 12, "radio.test:8000/": 40 },
    visits: { [`mail.${SITE}`]: 10, "social.test": 25 },
    tunnels: 20,
  },
};

/** What clients do besides once a release asks for a host that nobody has allowed, and opens too much. */
export const TROUBLE: Readonly<Record<string, Behaviour>> = {
  build: { pages: { "registry.test/1K": 1, "licence.test/": 4 }, visits: {}, tunnels: 150 },
  office: { pages: { [`shop.${STUCK_SITE}/`]: 5 }, visits: {}, tunnels: 0 },
};

export function settings(): Settings {
  const parsed = parseSettings({
    clients: Object.keys(EVERYDAY).map((name) => ({ name, rules: name })),
    service: { desiredCount: PROXIES },
    proxy: { maxConnectionsPerClient: MOST_CONNECTIONS },
  });
  if ("mistakes" in parsed) throw new RangeError(parsed.mistakes.join("\n"));
  return parsed.settings;
}

export const RULES: Rules = {
  sets: [
    set("default", [], []),
    set("office", [`.${SITE}`, `.${STUCK_SITE}`], []),
    set("build", [`packages.${SITE}`, `git.${SITE}`, `www.${SITE}`, "10.20.30.40"], []),
    set("students", [], ["games.test", "social.test"]),
  ],
  always: [],
};

function set(name: string, allowed: readonly string[], denied: readonly string[]): RuleSet {
  const rules = (list: string, names: readonly string[]) =>
    names.map((text, index) => ({ text, file: `rules/${name}/${list}.txt`, line: index + 1 }));
  return {
    name,
    domainFilter: "enforce",
    allowed: rules("allowed-domains", allowed),
    denied: rules("denied-domains", denied),
  };
}
