import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { rehearsalCheck, rehearsalSites, type DomainLists } from "../client/acceptance-check";
import { overlaps } from "../network/cidr";
import { DEREGISTRATION_DELAY_SECONDS, STOP_TIMEOUT_SECONDS } from "../proxy/shutdown";
import type { Settings } from "../settings";
import { UserError } from "../user-error";
import { readableLine } from "./access-log";
import {
  composeFile,
  MAX_PROXIES,
  PROXY,
  USER_DATA_VALUES,
  type ComposeProps,
  type StandIn,
} from "./compose";
import { docker, requireDocker, runDocker, type Outcome } from "./docker";
import { PLACES_FOR_NETWORKS, type Networks } from "./networks";
import { Targets, type Target } from "./targets";
import { renderTemplate } from "./user-data";

/** What Compose calls the rehearsal, and so the beginning of its containers' names. */
const PROJECT = "proxy-fleet-rehearsal";

/** How long all proxies may take to become healthy: more than twice what it takes them. */
const HEALTHY_WITHIN_SECONDS = 120;

const STAND_INS_DIRECTORY = path.join(__dirname, "stand-ins");

export interface RehearsalProps {
  /** The checkout. */
  readonly root: string;
  readonly settings: Settings;
  /** What Compose calls it. @default "proxy-fleet-rehearsal" */
  readonly project?: string;
  /** Is told, a line each, what is going on. @default - nobody is */
  readonly progress?: (line: string) => void;
}

/** A running proxy. */
export interface Proxy {
  /** The container's id. */
  readonly container: string;
  /** The container's name, such as `proxy-fleet-rehearsal-proxy-1`. */
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
  private readonly project: string;
  private readonly progress: (line: string) => void;
  private readonly directory: string;
  private readonly loadBalancer = new Targets(async (commands) => {
    const { stdout } = await this.exec("load-balancer", ["socat", "stdio", "/run/haproxy.sock"], {
      input: `${commands}\n`,
    });
    return stdout;
  });

  constructor({ root, settings, project = PROJECT, progress = () => {} }: RehearsalProps) {
    this.root = root;
    this.settings = settings;
    this.project = project;
    this.progress = progress;
    this.directory = path.join(root, ".rehearsal", project);
  }

  /**
   * Builds the images, starts everything and waits until the proxies are healthy. Where it is up
   * already, what has changed since, an image or a setting, is replaced.
   *
   * @throws UserError without a Docker engine, or where the proxies do not become healthy.
   */
  async up(): Promise<void> {
    requireDocker();
    const { images } = this;
    await this.build();
    const { site, refusedSite } = rehearsalSites(await this.domainLists(images.proxy));
    const sites = [site, refusedSite].filter((name) => name !== undefined);
    const fileLimit = await this.fileLimit(images.standIns);
    const count = Math.min(this.settings.service.desiredCount, MAX_PROXIES);
    this.progress(`Starting ${count} proxies and what is around them …`);
    for (const networks of await this.places()) {
      await this.writeFiles({ networks, images, sites, fileLimit });
      try {
        // What is replaced has no time to finish: that is for `stop`.
        await this.compose(
          ...["up", "--detach", "--remove-orphans", "--timeout", "0"],
          ...["--scale", `${PROXY}=${count}`],
        );
        break;
      } catch (error) {
        // Somebody else was faster.
        if (!String(error).includes("Pool overlaps")) throw error;
      }
    }
    await this.whole();
  }

  /** Ends and removes everything, whatever state it is in; images and files, too. */
  async down(): Promise<void> {
    requireDocker();
    const paused = await this.containers("--filter", "status=paused");
    if (paused.length > 0) await docker("unpause", ...paused);
    await docker(
      ...["compose", "--project-name", this.project, "down"],
      ...["--volumes", "--remove-orphans", "--timeout", "0"],
    );
    const images = await docker("image", "ls", "--quiet", "--filter", `label=${this.label}`);
    for (const image of new Set(images.split("\n").filter((id) => id !== ""))) {
      await docker("image", "rm", "--force", image);
    }
    await rm(this.directory, { recursive: true, force: true });
    // Only the last rehearsal takes the folder with it.
    await rmdir(path.dirname(this.directory)).catch(() => {});
  }

  /** Adds proxies, or takes some out of service as ECS does, until there are so many. */
  async scale(count: number): Promise<void> {
    const proxies = await this.proxies();
    if (count > proxies.length) {
      this.progress(`Starting ${count - proxies.length} more …`);
      await this.run(count);
      await this.whole();
    }
    await Promise.all(proxies.slice(count).map((proxy) => this.stop(proxy)));
  }

  /** Starts one more proxy and waits until it is healthy. */
  async start(): Promise<Proxy> {
    const before = await this.proxies();
    await this.run(before.length + 1);
    await this.whole();
    const known = new Set(before.map(({ container }) => container));
    return (await this.proxies()).find(({ container }) => !known.has(container))!;
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
    this.progress(`${name}: SIGTERM`);
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
    const containers = await this.containers(
      ...["--filter", `label=com.docker.compose.service=${PROXY}`, "--filter", "status=running"],
      ...["--filter", "status=paused"],
    );
    if (containers.length === 0) {
      throw new UserError("No rehearsal is up on this machine. Type: npm run rehearse up");
    }
    const [address, egressAddress] = ["service", "internet"].map(
      (network) => `{{(index .NetworkSettings.Networks "${this.project}_${network}").IPAddress}}`,
    );
    const format = `{{.Id}} {{.Name}} ${address} ${egressAddress}`;
    const lines = await docker("inspect", "--format", format, ...containers);
    return lines
      .split("\n")
      .map((line) => {
        const [container = "", name = "", address = "", egressAddress = ""] = line.split(" ");
        return { container, name: name.replace("/", ""), address, egressAddress };
      })
      .sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
  }

  /** The proxies as the load balancer sees them. */
  targets(): Promise<Target[]> {
    return this.loadBalancer.list();
  }

  /** The client's container, for a shell in it. */
  get clientName(): string {
    return `${this.project}-client-1`;
  }

  /** The id of the container that stands in for something. */
  async container(service: StandIn): Promise<string> {
    const label = `label=com.docker.compose.service=${service}`;
    const [container] = await this.containers("--filter", label);
    if (container === undefined) {
      throw new UserError("No rehearsal is up on this machine. Type: npm run rehearse up");
    }
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
    const lists = await this.domainLists(this.images.proxy);
    const environment = rehearsalCheck({ settings: this.settings, lists, egressAddresses });
    const check = ["bash", "/project/client/check.sh"];
    const args = ["exec", ...variables(environment), await this.container("client"), ...check];
    const [status] = (await once(spawn("docker", args, { stdio: "inherit" }), "exit")) as [number];
    return status;
  }

  /**
   * Prints what the proxies have logged, in a form for people.
   *
   * @param follow whether to go on with what they log from now on, until the process is ended.
   */
  async logs(follow: boolean): Promise<void> {
    await this.proxies();
    const compose = ["compose", "--ansi", "never", "--project-name", this.project];
    const args = [...compose, "logs", "--no-color", ...(follow ? ["--follow"] : []), PROXY];
    const { stdout } = spawn("docker", args, { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface(stdout)) console.log(readableLine(line));
  }

  private get images() {
    const proxy = this.settings.image.uri ?? `${this.project}-squid`;
    return { proxy, standIns: `${this.project}-stand-ins` };
  }

  private async build(): Promise<void> {
    const { proxy, standIns } = this.images;
    if (this.settings.image.uri === undefined) {
      this.progress("Building the proxy's image, which takes a minute or two the first time …");
      await this.buildImage(proxy, path.join(this.root, "squid"));
    } else {
      this.progress(`Pulling ${proxy} …`);
      await docker("pull", "--quiet", proxy);
    }
    this.progress("Building the image of everything else …");
    await this.buildImage(standIns, STAND_INS_DIRECTORY);
  }

  private async buildImage(tag: string, directory: string): Promise<void> {
    await docker("build", "--force-rm", "--tag", tag, "--label", this.label, directory);
  }

  private get label() {
    return `proxy-fleet.rehearsal=${this.project}`;
  }

  /** The lists that are in an image of the proxies, wherever it was built. */
  private async domainLists(image: string): Promise<DomainLists> {
    const read = async (list: string) => {
      const script = `echo "$(</etc/squid/domains/${list})"`;
      const options = ["--rm", "--network", "none", "--entrypoint", "bash"];
      const domains = await docker("run", ...options, image, "-c", script);
      return domains.split("\n").filter((domain) => domain !== "");
    };
    return { allowed: await read("allowed"), denied: await read("denied") };
  }

  /** What the engine grants a container; more it would refuse. */
  private async fileLimit(image: string): Promise<number> {
    const limit = await docker(
      ...["run", "--rm", "--network", "none", image, "bash", "-c", "ulimit -H -n"],
    );
    return limit === "unlimited" ? Infinity : Number(limit);
  }

  /** The networks that the rehearsal has; or, where it is not up, those that are free. */
  private async places(): Promise<readonly Networks[]> {
    const all = (await docker("network", "ls", "--quiet", "--no-trunc")).split("\n");
    const format = "{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}";
    const networks = (await docker("network", "inspect", "--format", format, ...all))
      .split("\n")
      .map((line) => line.split(" "));
    const own = networks.find(([name]) => name === `${this.project}_internet`)?.[1];
    if (own !== undefined) return PLACES_FOR_NETWORKS.filter(({ internet }) => internet === own);
    const used = networks.flatMap(([, ...subnets]) =>
      subnets.filter((cidr) => !cidr.includes(":")),
    );
    const free = PLACES_FOR_NETWORKS.filter(({ clients, service, internet }) =>
      [clients, service, internet].every((cidr) => !used.some((other) => overlaps(other, cidr))),
    );
    if (free.length === 0) {
      throw new UserError(
        "All of 198.18.255.0/24 or 198.51.100.0/24, which rehearsals use, is in other Docker networks. " +
          "To remove those that nothing uses, type: docker network prune",
      );
    }
    return free;
  }

  private async writeFiles(
    props: Pick<ComposeProps, "networks" | "images" | "sites" | "fileLimit">,
  ): Promise<void> {
    const files = {
      resolvConf: path.join(this.directory, "resolv.conf"),
      userData: path.join(this.directory, "userdata.sh"),
    };
    const template = await readFile(path.join(this.root, "client/userdata.sh"), "utf8");
    const compose = composeFile({
      ...props,
      settings: this.settings,
      root: this.root,
      files,
    });
    await mkdir(this.directory, { recursive: true });
    // The proxies' user is not ours.
    const mode = 0o644;
    await writeFile(files.resolvConf, `nameserver ${props.networks.nameServer.internet}\n`, {
      mode,
    });
    await writeFile(files.userData, renderTemplate(template, USER_DATA_VALUES), { mode });
    // To Compose a dollar sign is the beginning of a variable.
    await writeFile(this.composeFile, JSON.stringify(compose, null, 2).replaceAll("$", "$$$$"));
  }

  private get composeFile() {
    return path.join(this.directory, "compose.json");
  }

  private compose(...args: readonly string[]): Promise<string> {
    return docker(
      ...["compose", "--file", this.composeFile, "--project-name", this.project],
      ...["--progress", "quiet", ...args],
    );
  }

  private async run(count: number): Promise<void> {
    await this.compose(
      ...["up", "--detach", "--no-deps", "--no-recreate", "--scale", `${PROXY}=${count}`, PROXY],
    );
  }

  /** Registers the proxies that are not, deregisters those that are gone, and waits for health. */
  private async whole(): Promise<void> {
    const addresses = (await this.proxies()).map(({ address }) => address);
    const registered = (await this.targets()).map(({ address }) => address);
    for (const address of registered.filter((known) => !addresses.includes(known))) {
      await this.loadBalancer.deregister(address);
    }
    for (const address of addresses.filter((added) => !registered.includes(added))) {
      await this.loadBalancer.register(address);
    }
    const start = Date.now();
    for (let reported = -1; ; await sleep(1000)) {
      const targets = await this.targets();
      const healthy = targets.filter(({ state }) => state === "healthy").length;
      if (healthy !== reported) this.progress(`${healthy} of ${targets.length} proxies healthy`);
      if (healthy === targets.length) return;
      reported = healthy;
      if (Date.now() > start + HEALTHY_WITHIN_SECONDS * 1000) {
        throw new UserError(
          `After ${HEALTHY_WITHIN_SECONDS} seconds ${healthy} of ${targets.length} proxies are healthy. ` +
            `What they say:\n${await this.compose("logs", "--tail", "20", PROXY)}`,
        );
      }
    }
  }

  private async connections(address: string): Promise<number> {
    const target = (await this.targets()).find((candidate) => candidate.address === address);
    return target?.connections ?? 0;
  }

  private async containers(...filters: readonly string[]): Promise<string[]> {
    const project = `label=com.docker.compose.project=${this.project}`;
    const ids = await docker(
      ...["container", "ls", "--all", "--quiet", "--no-trunc", "--filter", project, ...filters],
    );
    return ids.split("\n").filter((id) => id !== "");
  }
}

function variables(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).flatMap((entry) => ["--env", entry.join("=")]);
}
