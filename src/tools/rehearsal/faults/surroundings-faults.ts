import { setTimeout as sleep } from "node:timers/promises";
import { STUCK_SITE } from "../compose";
import { docker, runDocker } from "../docker";
import type { Proxy } from "../service";
import { account } from "./account";
import { stallLog, until, type Fault } from "./fault";
import { RunningLoad } from "./running-load";

/** How long what stands around the proxies is away. */
const OUTAGE_SECONDS = 30;

/**
 * How long a name may still be refused once the name server is back: Squid waits for an answer to a
 * lost question until `dns_timeout`, and remembers the failure for `negative_dns_ttl`.
 * Source: squid/squid.conf
 */
export const DNS_RECOVERY_SECONDS = 7 + 1;

/** The name server answers nobody for a while. */
export const dns: Fault = {
  name: "dns",
  title: `No DNS for ${OUTAGE_SECONDS} s`,
  aim: `fails for ${OUTAGE_SECONDS + DNS_RECOVERY_SECONDS} s at most; no tunnel is cut`,
  rings: ["failures-above-usual"],
  async make(rehearsal, hold) {
    const nameServer = await rehearsal.container("name-server");
    const begin = Date.now();
    await docker("pause", nameServer);
    await sleep(OUTAGE_SECONDS * 1_000);
    await hold();
    await docker("unpause", nameServer);
    const recovered = Date.now() + DNS_RECOVERY_SECONDS * 1_000;
    await sleep(DNS_RECOVERY_SECONDS * 1_000);
    return { begin, mayFail: [{ from: begin, to: recovered }], mayBeCut: new Map() };
  },
};

/** A web site takes requests and never answers, while clients go on asking it. */
export const stuck: Fault = {
  name: "stuck",
  title: `A web site that does not answer for ${OUTAGE_SECONDS} s`,
  aim: "nothing fails at other sites; no tunnel is cut",
  rings: [],
  async make(rehearsal) {
    const site = await rehearsal.container("stuck-site");
    const load = await RunningLoad.start(await rehearsal.client(), {
      domain: STUCK_SITE,
      requestsPerSecond: 5,
      tunnels: 0,
      path: "/",
    });
    const begin = Date.now();
    const expectation = { begin, mayFail: [], mayBeCut: new Map<string, number>() };
    await docker("pause", site);
    await sleep(OUTAGE_SECONDS * 1_000);
    await docker("unpause", site);
    await load.end();
    const { failed } = account(load.events, expectation);
    return { ...expectation, defects: failed > 0 ? [] : ["the site answered all the time"] };
  },
};

/**
 * Asks, as one client, for what is refused, by URLs as long as the log has them: three times as much as
 * the proxies keep for a log that stalls, 4 MiB each, and as Docker keeps in between.
 */
const FILL_LOGS = `
printf -v path %01000d
for connection in {1..20}; do
  curl --silent --output /dev/null "http://192.168.0.1/$path/[1-2500]" &
done
wait`;

/** Nobody takes the proxies' logs any more: whoever is attached to a container's output holds it up. */
export const log: Fault = {
  name: "log",
  title: "The logs are stuck",
  aim: "nothing fails; no tunnel is cut",
  rings: ["log-lines-lost"],
  async make(rehearsal) {
    const proxies = await rehearsal.service.proxies();
    const begin = Date.now();
    const release = proxies.map(stallLog);
    await docker("exec", await rehearsal.client(), "bash", "-lc", FILL_LOGS);
    // Only from now on do all requests meet full logs.
    await sleep(10_000);
    release.forEach((end) => end());
    await until("the logs were full", async () => {
      return (await Promise.all(proxies.map((proxy) => lostLines(proxy, begin)))).every(Boolean);
    });
    return { begin, mayFail: [], mayBeCut: new Map() };
  },
};

/** Whether a proxy has said since then that it has dropped lines of the log. */
async function lostLines({ container }: Proxy, since: number): Promise<boolean> {
  const start = new Date(since).toISOString();
  const { stdout } = await runDocker(["logs", "--since", start, container], "");
  return stdout.includes('"event":"lost"');
}
