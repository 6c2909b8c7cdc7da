import { setTimeout as sleep } from "node:timers/promises";
import { DEREGISTRATION_DELAY_SECONDS, STOP_TIMEOUT_SECONDS } from "../../fleet/proxy/shutdown";
import { UserError } from "../../common/user-error";
import { PROXY } from "./compose";
import { ComposeProject } from "./compose-project";
import { docker, runDocker } from "./docker";
import { Targets, type RuntimeApi, type Target, type Traffic } from "./targets";

/** How long all proxies may take to become healthy: more than twice what it takes them. */
const HEALTHY_WITHIN_SECONDS = 120;

export const SEE_LOGS = "To see what they say, type: npm run rehearse logs";

export const NOT_UP = "No rehearsal is up on this machine. Type: npm run rehearse up";

/** A running proxy. */
export interface Proxy {
  /** The container's id. */
  readonly container: string;
  /** The container's name, such as `proxy-fleet-rehearsal-3f2a1c-proxy-1`. */
  readonly name: string;
  /** In the service network. */
  readonly address: string;
  /** In the Internet: what web sites see. */
  readonly egressAddress: string;
}

/**
 * The proxies, kept as ECS keeps the tasks of a service: registered with the load balancer while they
 * run, and taken out of it before they end.
 */
export class Service {
  private readonly loadBalancer: Targets;

  constructor(
    private readonly project: ComposeProject,
    api: RuntimeApi,
    private readonly progress: (line: string) => void,
  ) {
    this.loadBalancer = new Targets(api);
  }

  /**
   * Has proxies started or replaced, and waits until there are so many and all are healthy.
   *
   * @param start lets Compose do it.
   */
  async deploy(count: number, start: () => Promise<void>): Promise<void> {
    const before = (await this.running()).map(({ container }) => container);
    await start();
    for (const { container, address } of await this.running()) {
      // A new one often has the address of the one it replaces, and would pass for it.
      if (!before.includes(container)) await this.loadBalancer.deregister(address);
    }
    await this.removeLeft();
    await this.run(count);
    await this.whole(count);
  }

  /** Adds proxies, or takes some out of service as ECS does, until there are so many. */
  async scale(count: number): Promise<void> {
    await this.removeLeft();
    const proxies = await this.proxies();
    if (count > proxies.length) {
      this.progress(`Starting ${count - proxies.length} more …`);
      await this.run(count);
    }
    await this.whole(Math.max(count, proxies.length));
    await Promise.all(proxies.slice(count).map((proxy) => this.stop(proxy)));
  }

  /** Starts one more proxy and waits until it is healthy. */
  async start(): Promise<void> {
    const count = (await this.proxies()).length + 1;
    await this.run(count);
    await this.whole(count);
  }

  /**
   * Takes a proxy out of service as ECS does: no new connections from the load balancer, the
   * deregistration delay, as far as connections are open, SIGTERM, and after the stop timeout SIGKILL.
   */
  async stop({ container, name, address }: Proxy): Promise<void> {
    this.progress(`${name}: no new connections`);
    await this.loadBalancer.drain(address);
    const deadline = Date.now() + DEREGISTRATION_DELAY_SECONDS * 1000;
    while (Date.now() < deadline && (await this.connections(address)) > 0) await sleep(1000);
    this.progress(`${name}: SIGTERM, and ${STOP_TIMEOUT_SECONDS} s to end`);
    await docker("stop", "--time", String(STOP_TIMEOUT_SECONDS), container);
    await this.remove({ container, address });
    this.progress(`${name}: gone`);
  }

  /** Forgets a proxy, dead or alive, as ECS does with a task that has ended. */
  async remove({ container, address }: Pick<Proxy, "container" | "address">): Promise<void> {
    await this.loadBalancer.deregister(address);
    await docker("rm", "--force", "--volumes", container);
  }

  /** @throws UserError where no proxy runs. */
  async proxies(): Promise<Proxy[]> {
    const proxies = await this.running();
    if (proxies.length > 0) return proxies;
    const exists = (await this.project.containers()).length > 0;
    throw new UserError(exists ? `None of the rehearsal's proxies runs. ${SEE_LOGS}` : NOT_UP);
  }

  /** The proxies as the load balancer sees them. */
  targets(): Promise<Target[]> {
    return this.loadBalancer.list();
  }

  /** What has gone through the load balancer. */
  traffic(): Promise<Traffic> {
    return this.loadBalancer.traffic();
  }

  private run(count: number): Promise<void> {
    return this.project.up("--no-deps", "--no-recreate", "--scale", `${PROXY}=${count}`, PROXY);
  }

  private async running(): Promise<Proxy[]> {
    const containers = await this.project.containers(
      ...ComposeProject.service(PROXY),
      ...["--filter", "status=running", "--filter", "status=paused"],
    );
    if (containers.length === 0) return [];
    const addresses = ["service", "internet"].map((network) => {
      const endpoint = `index .NetworkSettings.Networks "${this.project.name}_${network}"`;
      return `{{with ${endpoint}}}{{.IPAddress}}{{end}}`;
    });
    const format = ["{{.Id}}", "{{.Name}}", ...addresses].join(",");
    const { stdout } = await runDocker(["inspect", "--format", format, ...containers], "");
    return (
      stdout
        .split("\n")
        .map((line) => {
          const [container = "", name = "", address = "", egressAddress = ""] = line.split(",");
          return { container, name: name.replace("/", ""), address, egressAddress };
        })
        // One that has ended a moment ago has none.
        .filter(({ address }) => address !== "")
        .sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }))
    );
  }

  /** Waits until so many proxies run and are healthy. */
  private async whole(count: number): Promise<void> {
    const deadline = Date.now() + HEALTHY_WITHIN_SECONDS * 1000;
    for (let reported = -1; ; await sleep(1000)) {
      const running = await this.running();
      await this.synchronise(running.map(({ address }) => address));
      const targets = await this.targets();
      const healthy = targets.filter(({ state }) => state === "healthy").length;
      if (healthy !== reported) this.progress(`${healthy} of ${count} proxies healthy`);
      if (healthy >= count) return;
      reported = healthy;
      const ended = count - running.length;
      if (ended > 0) {
        throw new UserError(`${ended} of ${count} proxies have ended. ${SEE_LOGS}`);
      }
      if (Date.now() > deadline) {
        throw new UserError(
          `After ${HEALTHY_WITHIN_SECONDS} seconds ${healthy} of ${count} proxies are healthy. ${SEE_LOGS}`,
        );
      }
    }
  }

  /** Registers the proxies that run, and deregisters others. */
  private async synchronise(addresses: readonly string[]): Promise<void> {
    const registered = (await this.targets()).map(({ address }) => address);
    for (const address of registered.filter((known) => !addresses.includes(known))) {
      await this.loadBalancer.deregister(address);
    }
    for (const address of addresses.filter((added) => !registered.includes(added))) {
      await this.loadBalancer.register(address);
    }
  }

  /** Removes what an interrupted command has left draining: it may have had its SIGTERM already. */
  private async removeLeft(): Promise<void> {
    const draining = (await this.targets())
      .filter(({ state }) => state === "draining")
      .map(({ address }) => address);
    for (const proxy of await this.running()) {
      if (draining.includes(proxy.address)) await this.remove(proxy);
    }
  }

  private async connections(address: string): Promise<number> {
    const target = (await this.targets()).find((candidate) => candidate.address === address);
    return target?.connections ?? 0;
  }
}
