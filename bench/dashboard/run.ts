import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "../../src/tools/rehearsal/docker";
import { Program } from "../../src/tools/rehearsal/faults/program";
import { Recorder, type Recorded } from "../../src/tools/rehearsal/metrics/recorder";
import type { Rehearsal } from "../../src/tools/rehearsal/rehearsal";
import {
  AFTER_MINUTES,
  EVERYDAY,
  QUIET_MINUTES,
  TROUBLE,
  TROUBLE_MINUTES,
  type Behaviour,
} from "./scenario";

const NODE = "node --use-openssl-ca --require /project/node_modules/sucrase/register/ts";

/** How long there is no name server, in the midst of the trouble. */
const NO_DNS_SECONDS = 60;

/** Rehearses the scenario on a fleet that is up, and returns what CloudWatch would have of it. */
export async function record(rehearsal: Rehearsal): Promise<Recorded> {
  const recorder = new Recorder(rehearsal);
  const everyday = startAll(rehearsal, EVERYDAY);
  await minutes(QUIET_MINUTES);
  const trouble = startAll(rehearsal, TROUBLE);
  await makeTrouble(rehearsal);
  await Promise.all(trouble.map((program) => program.end()));
  await minutes(AFTER_MINUTES);
  const { recording, log } = await recorder.end();
  await Promise.all(everyday.map((program) => program.end()));
  return { recording, log: log.map((event) => ({ ...event, stream: taskOf(event.stream) })) };
}

/** A web site is away, and a proxy, and for a minute the name server. */
async function makeTrouble(rehearsal: Rehearsal): Promise<void> {
  await docker("stop", "--time", "0", await rehearsal.container("stuck-site"));
  const [proxy] = await rehearsal.service.proxies();
  await docker("kill", proxy!.container);
  const nameServer = await rehearsal.container("name-server");
  await minutes(TROUBLE_MINUTES / 2);
  await docker("pause", nameServer);
  await sleep(NO_DNS_SECONDS * 1_000);
  await docker("unpause", nameServer);
  await minutes(TROUBLE_MINUTES / 2 - NO_DNS_SECONDS / 60);
  await rehearsal.service.remove(proxy!);
  await rehearsal.service.start();
}

function startAll(
  rehearsal: Rehearsal,
  behaviours: Readonly<Record<string, Behaviour>>,
): Program[] {
  return Object.entries(behaviours).map(([client, behaviour]) => {
    const command = `exec ${NODE} /project/bench/dashboard/client.ts "$1"`;
    const container = rehearsal.clients.get(client)!;
    return new Program([
      ...["exec", "--interactive", container],
      ...["bash", "-lc", command, client, JSON.stringify(behaviour)],
    ]);
  });
}

const minutes = (count: number) => sleep(count * 60_000);

/** Of a container's name, what is not this machine's. */
const taskOf = (container: string) => container.replace(/^.*-(proxy-\d+)$/, "$1");
