import { setTimeout as sleep } from "node:timers/promises";
import { INDEX_KEY } from "../../../fleet/rules/rule-objects";
import { docker } from "../docker";
import type { Rehearsal } from "../rehearsal";
import type { RuleStore } from "../rule-store";
import { ruleEvents } from "../rules-in-force";
import type { Proxy } from "../service";
import { containerHealth, mayBeCutFrom, signal, until, victim, type Fault } from "./fault";
import { hostileRules, loadRules, REFUSED_HOST } from "./load-rules";
import { TUNNEL_SECONDS } from "./replacement-faults";
import { freeze, freezing } from "./task-faults";

/** The longest that a change takes: an interval of the proxies' questions, and their answers. */
const IN_FORCE_SECONDS = 20;

/** By then the load balancer and the container's own check have found a proxy healthy that is. */
const HEALTHY_SECONDS = 45;

/** What a helper that has died costs: Squid starts another one at once. */
const HELPER_SECONDS = 1;

/** The store of the rules is gone. */
export function storeGone(seconds: number): Fault {
  return {
    name: "store",
    title: `The store of the rules is gone for ${seconds} s`,
    aim: "nothing fails; no tunnel is cut; the rules stay",
    rings: ["rules-rejected"],
    async make(rehearsal) {
      const proxies = await rehearsal.service.proxies();
      const begin = Date.now();
      const store = await stopStore(rehearsal);
      await untilAllSay("rules-rejected", proxies, begin);
      await sleep(Math.max(0, begin + seconds * 1_000 - Date.now()));
      const defects = await passesWhatItMustNot(rehearsal);
      const back = Date.now();
      await docker("start", store);
      await untilAllSay("rules", proxies, back);
      return { begin, mayFail: [], mayBeCut: new Map(), defects };
    },
  };
}

/** A proxy starts while the store is gone: it has no rules, and must not be asked. */
export const withoutRules: Fault = {
  name: "no-rules",
  title: "A proxy starts while the store is gone",
  aim: "nothing fails; it gets no request before it has rules",
  rings: ["rules-rejected"],
  async make(rehearsal) {
    const { service } = rehearsal;
    const before = await service.proxies();
    const isNew = ({ address }: { readonly address: string }) =>
      before.every((proxy) => proxy.address !== address);
    const begin = Date.now();
    const store = await stopStore(rehearsal);
    const watch = async () => {
      await sleep(HEALTHY_SECONDS * 1_000);
      const target = (await service.targets()).find(isNew);
      const proxy = (await service.proxies()).find(isNew);
      const isHealthy = proxy !== undefined && (await containerHealth(proxy)) === "healthy";
      await docker("start", store);
      return target?.state === "initial" && !isHealthy ? [] : ["it was healthy without rules"];
    };
    const [defects] = await Promise.all([watch(), service.start()]);
    await Promise.all((await service.proxies()).filter(isNew).map((proxy) => service.stop(proxy)));
    return { begin, mayFail: [], mayBeCut: new Map(), defects };
  },
};

/** An answer that must change nothing, and how the proxies' log calls it. */
export interface BadAnswer {
  readonly reason: RegExp;
  give(store: RuleStore, objects: Readonly<Record<string, string>>): Promise<void>;
}

/** By what they are. Of two that follow each other, the reasons differ: the log has each once. */
export const BAD_ANSWERS = {
  truncated: {
    reason: /does not end in its checksum/,
    give: (store, { [INDEX_KEY]: index = "" }) =>
      store.put(INDEX_KEY, index.slice(0, index.length / 2)),
  },
  corrupt: {
    reason: /does not have its checksum/,
    give: (store, { [INDEX_KEY]: index = "" }) =>
      store.put(INDEX_KEY, index.replace("unknown default", "unknown defaulT")),
  },
  "a web page": {
    reason: /does not end in its checksum/,
    give: (store) => store.put(INDEX_KEY, "<!DOCTYPE html>\n<title>Please log in</title>\n"),
  },
  older: {
    reason: /is older than the one in force/,
    give: async (store, objects) => {
      for (const [key, object] of Object.entries(objects)) {
        await store.put(key, object, new Date(0));
      }
    },
  },
  "of 50 MB": {
    reason: /is larger than/,
    give: (store) => store.put(INDEX_KEY, "x".repeat(50 * 2 ** 20)),
  },
} satisfies Record<string, BadAnswer>;

export type BadAnswerName = keyof typeof BAD_ANSWERS;

/** The store's answers are of no use, one after the other. */
export function badAnswers(names: readonly BadAnswerName[]): Fault {
  return {
    name: "answers",
    title: `The store's answers are ${names.join(", ")}`,
    aim: "nothing fails; no tunnel is cut; the rules stay",
    rings: ["rules-rejected"],
    async make(rehearsal) {
      const proxies = await rehearsal.service.proxies();
      const { objects } = await rehearsal.storeObjects(hostileRules());
      const begin = Date.now();
      for (const name of names) {
        const answer = BAD_ANSWERS[name];
        const since = Date.now();
        await answer.give(rehearsal.store, objects);
        await untilAllSay("rules-rejected", proxies, since, answer.reason);
      }
      const defects = await passesWhatItMustNot(rehearsal);
      const back = Date.now();
      await rehearsal.applyRules();
      await untilAllSay("rules", proxies, back);
      return { begin, mayFail: [], mayBeCut: new Map(), defects };
    },
  };
}

/** Two deployments, the second while proxies ask for what the first has written. */
export const changes: Fault = {
  name: "changes",
  title: "The rules change twice within an interval",
  aim: `nothing fails; no tunnel is cut; the last is in force after ${IN_FORCE_SECONDS} s at most`,
  rings: [],
  async make(rehearsal) {
    const begin = Date.now();
    const first = await rehearsal.storeObjects(loadRules("first.test"));
    await rehearsal.store.write(first.objects);
    await sleep(2_000);
    const defects = await defectsOfChange(rehearsal, "second.test");
    return { begin, mayFail: [], mayBeCut: new Map(), defects };
  },
};

/** Somebody deploys rules that refuse what clients need, and takes them back. */
export const wrongRules: Fault = {
  name: "wrong-rules",
  title: "The rules refuse what clients need",
  aim: `fails until the right ones are back, and ${IN_FORCE_SECONDS} s more; no tunnel is cut`,
  rings: ["refusals-above-usual"],
  async make(rehearsal, hold) {
    const begin = Date.now();
    await rehearsal.applyRules(hostileRules());
    await hold();
    const back = Date.now();
    await rehearsal.applyRules();
    const mayFail = [{ from: begin, to: back + IN_FORCE_SECONDS * 1_000 }];
    return { begin, mayFail, mayBeCut: new Map() };
  },
};

/** What judges, and what asks the store, end at once. */
export const rulesKilled: Fault = {
  name: "rules-killed",
  title: "What judges by the rules and what fetches them are killed",
  aim: `fails for ${HELPER_SECONDS} s at most; no tunnel is cut; a change is in force after ${IN_FORCE_SECONDS} s at most`,
  rings: [],
  async make(rehearsal) {
    const proxy = await victim(rehearsal);
    const begin = Date.now();
    await signal(proxy, "KILL", "rules-helper");
    const mayFail = [{ from: begin, to: Date.now() + HELPER_SECONDS * 1_000 }];
    await signal(proxy, "KILL", "rules-fetcher");
    const defects = await defectsOfChange(rehearsal, "after-the-kill.test");
    return { begin, mayFail, mayBeCut: new Map(), defects };
  },
};

/** What judges by the rules hangs, and Squid waits for it. */
export const helperFrozen: Fault = {
  name: "helper-frozen",
  title: "What judges by the rules freezes",
  aim: freeze.aim,
  rings: [],
  make: freezing("rules-helper"),
};

/** What fetches the rules hangs. All goes on, but with rules that get old, and so ECS replaces the task. */
export const fetcherFrozen: Fault = {
  name: "fetcher-frozen",
  title: "What fetches the rules freezes",
  aim: `nothing fails; the proxy is replaced, and its tunnels have ${TUNNEL_SECONDS + 1} s`,
  rings: [],
  async make(rehearsal) {
    const proxy = await victim(rehearsal);
    const begin = Date.now();
    await signal(proxy, "STOP", "rules-fetcher");
    await until("the health check has found it", async () => {
      return (await containerHealth(proxy)) === "unhealthy";
    });
    await rehearsal.service.start();
    const mayBeCut = mayBeCutFrom(Date.now() + TUNNEL_SECONDS * 1_000, [proxy]);
    await rehearsal.service.stop(proxy);
    return { begin, mayFail: [], mayBeCut };
  },
};

async function stopStore(rehearsal: Rehearsal): Promise<string> {
  const store = await rehearsal.container("store");
  await docker("stop", "--time", "0", store);
  return store;
}

/** Waits until all proxies have logged an event of their rules, of a certain reason where one is given. */
async function untilAllSay(
  event: "rules" | "rules-rejected",
  proxies: readonly Proxy[],
  since: number,
  reason = /./,
): Promise<void> {
  await until(`all proxies have logged ${event}, ${reason}`, async () => {
    const events = proxies.map((proxy) => ruleEvents(proxy, new Date(since).toISOString()));
    return (await Promise.all(events)).every((ofProxy) =>
      ofProxy.some((line) => line.event === event && reason.test(line.reason)),
    );
  });
}

/** Lets one more name pass, and says what is wrong with how that goes. */
async function defectsOfChange(rehearsal: Rehearsal, name: string): Promise<string[]> {
  const written = Date.now();
  await rehearsal.applyRules(loadRules(name));
  const seconds = (Date.now() - written) / 1_000;
  return [
    ...(seconds > IN_FORCE_SECONDS
      ? [`the change was in force after ${seconds.toFixed(1)} s`]
      : []),
    ...(await passesWhatItMustNot(rehearsal)),
  ];
}

/** Asks all proxies for what the rules refuse; enough for each to be asked. */
async function passesWhatItMustNot(rehearsal: Rehearsal): Promise<string[]> {
  const ask = `for request in {1..12}; do curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}\\n' http://${REFUSED_HOST}/; done`;
  const answers = await docker("exec", await rehearsal.client(), "bash", "-lc", ask);
  const others = answers.split("\n").filter((status) => status !== "403");
  return others.length === 0
    ? []
    : [`what the rules refuse was answered with ${others.join(", ")}`];
}
