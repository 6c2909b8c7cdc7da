import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "../docker";
import type { Rehearsal } from "../rehearsal";
import type { Proxy } from "../service";
import { containerHealth, victim, type Fault } from "./fault";
import { commandOf, Program } from "./program";

/** What part of its connections a proxy can have in these tunnels; the load has some. */
const FULL_SHARE = 0.9;

/** How long the proxy stays full. The site ends a download that nobody reads after a minute. */
const FULL_SECONDS = 20;

/** Squid closes what has ended, and takes who has waited, one after the other. */
const RECOVERY_SECONDS = 2;

/** By then the container's health check has passed, or failed so often that ECS would act. */
const HEALTH_SECONDS = 60;

/**
 * One proxy has as many tunnels as it takes, with as many bytes under way as find room. It refuses
 * more connections, but is healthy, so that the load balancer goes on sending some.
 */
export const memory: Fault = {
  name: "memory",
  title: "A proxy is full",
  aim: "fails while it is full; it is not killed, no tunnel is cut, and it recovers",
  rings: [],
  async make(rehearsal) {
    const proxy = await victim(rehearsal);
    const begin = Date.now();
    const filling = await fill(rehearsal, proxy);
    const tunnels = Number(await filling.nextLine());
    const full = tunnels > (await tunnelsThatFit(proxy)) * FULL_SHARE;
    await sleep(FULL_SECONDS * 1_000);
    const outOfMemory = await isOutOfMemory(proxy);
    await filling.end();
    const emptied = Date.now();
    await sleep(HEALTH_SECONDS * 1_000);
    const recovered = (await containerHealth(proxy)) === "healthy";
    return {
      begin,
      mayFail: [{ from: begin, to: emptied + RECOVERY_SECONDS * 1_000 }],
      mayBeCut: new Map(),
      defects: [
        ...(full ? [] : [`the proxy took only ${tunnels} tunnels`]),
        ...(outOfMemory ? ["the proxy ran out of memory"] : []),
        ...(recovered ? [] : ["the proxy is unhealthy though it is no longer full"]),
      ],
    };
  },
};

async function fill(rehearsal: Rehearsal, { address }: Proxy): Promise<Program> {
  const client = await rehearsal.client();
  const image = await docker("inspect", "--format", "{{.Image}}", client);
  return new Program([
    ...["run", "--rm", "--interactive", "--network", await serviceNetwork(rehearsal)],
    // What is not read must wait in the proxy, and not here.
    ...["--sysctl", "net.ipv4.tcp_rmem=4096 8192 8192"],
    ...["--volumes-from", client, image, ...commandOf("fill", address)],
  ]);
}

/** The network in which the load balancer and the proxies are. */
async function serviceNetwork(rehearsal: Rehearsal): Promise<string> {
  const loadBalancer = await rehearsal.container("load-balancer");
  const format = "{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}";
  const networks = await docker("inspect", "--format", format, loadBalancer);
  return networks.split("\n").find((name) => name.endsWith("_service"))!;
}

/** How many tunnels a proxy takes. */
export async function tunnelsThatFit({ container }: Proxy): Promise<number> {
  const command = ["bash", "-c", "echo $MAX_CONNECTIONS"];
  return Number(await docker("exec", container, ...command));
}

/** Whether the kernel has ended anything in the container for want of memory. */
async function isOutOfMemory({ container }: Proxy): Promise<boolean> {
  const format = "{{.State.OOMKilled}} {{.State.Running}}";
  return (await docker("inspect", "--format", format, container)) !== "false true";
}
