import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { rehearsalCheck, rehearsalSites } from "../acceptance/acceptance-check";
import type { Settings } from "../../configuration/settings";
import { UserError } from "../../common/user-error";
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
import { runDocker, type Outcome } from "./docker";
import { Images } from "./images";
import { placesFor, type Networks } from "./networks";
import { NOT_UP, Service } from "./service";
import { renderTemplate } from "./user-data";

export interface RehearsalProps {
  /** The checkout. */
  readonly root: string;
  readonly settings: Settings;
  /** What it is for, which is a part of what Compose calls it. @default "rehearsal" */
  readonly purpose?: string;
  /** Is told, a line each, what is going on. @default - nobody is */
  readonly progress?: (line: string) => void;
}

/**
 * The fleet on one machine: containers that Compose runs, proxies that a {@link Service} keeps. All
 * state is the engine's, so that any number of commands, one after the other, work on the same
 * rehearsal. Needs Docker with Compose; see `requireCompose`.
 */
export class Rehearsal {
  /** The proxies. */
  public readonly service: Service;
  private readonly root: string;
  private readonly settings: Settings;
  private readonly progress: (line: string) => void;
  private readonly project: ComposeProject;
  private readonly images: Images;

  constructor(props: RehearsalProps) {
    const { root, settings, purpose = "rehearsal", progress = () => {} } = props;
    this.root = root;
    this.settings = settings;
    this.progress = progress;
    this.project = new ComposeProject(projectName(root, purpose), path.join(root, ".rehearsal"));
    this.images = new Images({
      squidDirectory: path.join(root, "squid"),
      uri: settings.image.uri,
      project: this.project.name,
    });
    this.service = new Service(this.project, (commands) => this.runtimeApi(commands), progress);
  }

  /**
   * Builds the images, starts everything and waits until the proxies are healthy. Where it is up
   * already, what has changed since, an image or a setting, is replaced.
   *
   * @throws UserError where the proxies do not become healthy.
   */
  async up(): Promise<void> {
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
    const places = await placesFor(this.project.name);
    const props = { sites, internalSites, engine, count };
    await this.service.deploy(count, () => this.startIn(places, props));
  }

  /** Ends and removes everything, whatever state it is in; images and files, too. */
  async down(): Promise<void> {
    this.progress("Removing everything …");
    await this.project.down();
    await this.images.remove();
    this.progress("Nothing is left");
  }

  /** The client's container, for a shell in it. */
  get clientName(): string {
    return `${this.project.name}-client-1`;
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
    const egressAddresses = (await this.service.proxies()).map(
      ({ egressAddress }) => egressAddress,
    );
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

  /** Starts everything in the first of the places; in the next, if somebody was faster there. */
  private async startIn(
    [networks, ...others]: readonly [Networks, ...Networks[]],
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
      // What is replaced has no time to finish: that is for the service's `stop`.
      const scale = `${PROXY}=${props.count}`;
      await project.up("--remove-orphans", "--timeout", "0", "--scale", scale);
    } catch (error) {
      const [next, ...rest] = others;
      if (next === undefined || !String(error).includes("Pool overlaps")) throw error;
      await this.startIn([next, ...rest], props);
    }
  }

  private async runtimeApi(commands: string): Promise<string> {
    // A moment after its start it does not answer yet.
    const socket = "UNIX-CONNECT:/run/haproxy.sock,retry=20,interval=0.1";
    const { status, stdout, stderr } = await this.exec("load-balancer", ["socat", "-", socket], {
      input: `${commands}\n`,
    });
    if (status === 0) return stdout;
    throw new UserError(
      `The rehearsal's load balancer does not answer (${stderr.trim()}). Type: npm run rehearse up`,
    );
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
