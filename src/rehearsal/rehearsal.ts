import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rehearsalCheck, rehearsalSites } from "../check/acceptance-check";
import { DEREGISTRATION_DELAY_SECONDS, STOP_TIMEOUT_SECONDS } from "../proxy/shutdown";
import type { Settings } from "../settings";
import { UserError } from "../user-error";
import { readableLine } from "./access-log";
import {
  composeFile,
  FILES,
  MAX_PROXIES,
  PROXY,
  USER_DATA_VALUES,
  type ComposeProps,
  type StandIn,
} from "./compose";
import { ComposeProject } from "./compose-project";
import { docker, requireDocker, runDocker, type Outcome } from "./docker";
import { Images } from "./images";
import { placesFor, type Networks } from "./networks";
import { Targets, type Target } from "./targets";
import { renderTemplate } from "./user-data";

/** How long all proxies may take to become healthy: more than twice what it takes them. */
const HEALTHY_WITHIN_SECONDS = 120;

const SEE_LOGS = "To see what they say, type: npm run rehearse logs";

const NOT_UP = "No rehearsal is up on this machine. Type: npm run rehearse up";

export interface RehearsalProps {
  /** The checkout. */
  readonly root: string;
  readonly settings: Settings;
  /** What it is for, which is a part of what Compose calls it. @default "rehearsal" */
  readonly purpose?: string;
  /** Is told, a line each, what is going on. @default - nobody is */
  readonly progress?: (line: string) => void;
}

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
 * The fleet on one machine. Compose runs the containers; what ECS does, registering proxies with the
 * load balancer and taking them out again, is done here. All state is the engine's, so that any
 * number of commands, one after the other, work on the same rehearsal.
 */
export class Rehearsal {
  private readonly root: string;
  private readonly settings: Settings;
  private readonly name: string;
  private readonly progress: (line: string) => void;
  private readonly project: ComposeProject;
  private readonly images: Images;
  private readonly loadBalancer = new Targets(async (commands) => {
    // A moment after its start it does not answer yet.
    const socket = "UNIX-CONNECT:/run/haproxy.sock,retry=20,interval=0.1";
    const { status, stdout, stderr } = await this.exec("load-balancer", ["socat", "-", socket], {
      input: `${commands}\n`,
    });
    if (status === 0) return stdout;
    throw new UserError(
      `The rehearsal's load balancer does not answer (${stderr.trim()}). Type: npm run rehearse up`,
    );
  });
  /** The addresses of proxies that are being taken out of service. */
  private readonly stopping = new Set<string>();

  constructor(props: RehearsalProps) {
    const { root, settings, purpose = "rehearsal", progress = () => {} } = props;
    this.root = root;
    this.settings = settings;
    this.name = projectName(root, purpose);
    this.progress = progress;
    this.project = new ComposeProject(this.name, path.join(root, ".rehearsal"));
    this.images = new Images({
      squidDirectory: path.join(root, "squid"),
      uri: settings.image.uri,
      project: this.name,
    });
  }

  /**
   * Builds the images, starts everything and waits until the proxies are healthy. Where it is up
   * already, what has changed since, an image or a setting, is replaced.
   *
   * @throws UserError without a Docker engine, or where the proxies do not become healthy.
   */
  async up(): Promise<void> {
    requireDocker();
    await this.images.build(this.progress);
    const { site, refusedSite, internalSites } = rehearsalSites(await this.images.domainLists());
    const sites = [site, refusedSite].filter((name) => name !== undefined);
    const engine = await this.images.engineLimits();
    const { cpu, desiredCount } = this.settings.service;
    if (cpu / 1024 > engine.cpus) {
      this.progress(`Each proxy gets all ${engine.cpus} CPUs of this machine, not ${cpu / 1024}`);
    }
    const count = Math.min(desiredCount, MAX_PROXIES);
    const instead = desiredCount > count ? `, not ${desiredCount},` : "";
    this.progress(`Starting ${count} proxies${instead} and what is around them …`);
    const before = (await this.running()).map(({ container }) => container);
    const [first, ...others] = await placesFor(this.name);
    await this.startIn(first!, others, { sites, internalSites, engine, count });
    for (const { container, address } of await this.running()) {
      // A new one often has the address of the one it replaces, and would pass for it.
      if (!before.includes(container)) await this.loadBalancer.deregister(address);
    }
    await this.finishInterrupted();
    await this.run(count);
    await this.whole(count);
  }

  /** Ends and removes everything, whatever state it is in; images and files, too. */
  async down(): Promise<void> {
    requireDocker();
    this.progress("Removing everything …");
    await this.project.down();
    await this.images.remove();
    this.progress("Nothing is left");
  }

  /** Adds proxies, or takes some out of service as ECS does, until there are so many. */
  async scale(count: number): Promise<void> {
    await this.finishInterrupted();
    const proxies = await this.proxies();
    if (count > proxies.length) {
      this.progress(`Starting ${count - proxies.length} more …`);
      await this.run(count);
    }
    await this.whole(Math.max(count, proxies.length));
    await Promise.all(proxies.slice(count).map((proxy) => this.stop(proxy)));
  }

  /** Starts one more proxy and waits until it is healthy. */
  async start(): Promise<Proxy> {
    const before = await this.proxies();
    await this.run(before.length + 1);
    await this.whole(before.length + 1);
    const known = new Set(before.map(({ container }) => container));
    return (await this.proxies()).find(({ container }) => !known.has(container))!;
  }

  /**
   * Takes a proxy out of service as ECS does: no new connections from the load balancer, the
   * deregistration delay, as far as connections are open, SIGTERM, and after the stop timeout SIGKILL.
   */
  async stop({ container, name, address }: Proxy): Promise<void> {
    this.progress(`${name}: no new connections`);
    this.stopping.add(address);
    await this.loadBalancer.drain(address);
    const deadline = Date.now() + DEREGISTRATION_DELAY_SECONDS * 1000;
    while (Date.now() < deadline && (await this.connections(address)) > 0) await sleep(1000);
    this.progress(`${name}: SIGTERM, and ${STOP_TIMEOUT_SECONDS} s to end`);
    await docker("stop", "--time", String(STOP_TIMEOUT_SECONDS), container);
    await this.remove({ container, address });
    this.stopping.delete(address);
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
    throw new UserError(
      exists
        ? "None of the rehearsal's proxies runs. To see why, type: npm run rehearse logs"
        : NOT_UP,
    );
  }

  /** The proxies as the load balancer sees them. */
  targets(): Promise<Target[]> {
    return this.loadBalancer.list();
  }

  /** The client's container, for a shell in it. */
  get clientName(): string {
    return `${this.name}-client-1`;
  }

  /** The id of the container that stands in for something. */
  async container(service: StandIn): Promise<string> {
    const [container] = await this.project.containers(...ComposeProject.service(service));
    if (container === undefined) throw new UserError(NOT_UP);
    return container;
  }

  /** Runs a program in a stand-in's container and returns what it answers, whatever its status. */
  async exec(
    service: StandIn,
    command: readonly string[],
    options: {
      readonly input?: string;
      readonly environment?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Outcome> {
    const { input = "", environment = {} } = options;
    const args = ["exec", "--interactive", ...variables(environment)];
    return runDocker([...args, await this.container(service), ...command], input);
  }

  /**
   * Runs the acceptance check on the client, which prints its report.
   *
   * @returns the exit status: 0 where nothing failed.
   */
  async check(): Promise<number> {
    const egressAddresses = (await this.proxies()).map(({ egressAddress }) => egressAddress);
    const lists = await this.images.domainLists();
    const environment = rehearsalCheck({ settings: this.settings, lists, egressAddresses });
    const check = ["bash", "/project/client/check.sh"];
    const args = ["exec", ...variables(environment), await this.container("client"), ...check];
    const [status] = (await once(spawn("docker", args, { stdio: "inherit" }), "exit")) as [
      number | null,
    ];
    // None where a signal has ended it.
    return status ?? 1;
  }

  /**
   * Prints what the proxies have logged, in a form for people.
   *
   * @param follow whether to go on with what they log from now on, until the process is ended.
   */
  async logs(follow: boolean): Promise<void> {
    if ((await this.project.containers(...ComposeProject.service(PROXY))).length === 0) {
      throw new UserError(NOT_UP);
    }
    const lines = this.project.logs(PROXY, ...(follow ? ["--follow"] : []));
    for await (const line of lines) console.log(readableLine(line));
  }

  private async startIn(
    networks: Networks,
    otherwise: readonly Networks[],
    props: Pick<ComposeProps, "sites" | "internalSites" | "engine"> & { readonly count: number },
  ): Promise<void> {
    const { root, settings, images, project } = this;
    const { directory } = project;
    const template = await readFile(path.join(root, "client/userdata.sh"), "utf8");
    await project.write(composeFile({ ...props, settings, networks, images, root, directory }), {
      [FILES.proxyResolvConf]: `nameserver ${networks.nameServer.internet}\n`,
      [FILES.clientResolvConf]: `nameserver ${networks.nameServer.clients}\n`,
      [FILES.userData]: renderTemplate(template, USER_DATA_VALUES),
    });
    try {
      // What is replaced has no time to finish: that is for `stop`.
      const scale = `${PROXY}=${props.count}`;
      await project.up("--remove-orphans", "--timeout", "0", "--scale", scale);
    } catch (error) {
      const [next, ...others] = otherwise;
      // Somebody else took the networks a moment ago.
      if (next === undefined || !String(error).includes("Pool overlaps")) throw error;
      await this.startIn(next, others, props);
    }
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
      const endpoint = `index .NetworkSettings.Networks "${this.name}_${network}"`;
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
  private async finishInterrupted(): Promise<void> {
    const left = (await this.targets())
      .filter(({ address, state }) => state === "draining" && !this.stopping.has(address))
      .map(({ address }) => address);
    for (const proxy of await this.running()) {
      if (left.includes(proxy.address)) await this.remove(proxy);
    }
  }

  private async connections(address: string): Promise<number> {
    const target = (await this.targets()).find((candidate) => candidate.address === address);
    return target?.connections ?? 0;
  }
}

/** Two checkouts are two rehearsals. Compose takes lower-case letters, digits and hyphens. */
function projectName(root: string, purpose: string): string {
  const words =
    path
      .basename(root)
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 6);
  return [...words, purpose, hash].join("-");
}

function variables(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).flatMap((entry) => ["--env", entry.join("=")]);
}
