import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { alternatives, UserError } from "../../common/user-error";
import { ruleUsers } from "../../configuration/rules/rule-users";
import type { ClientSettings, Settings } from "../../configuration/settings";
import type { Rules } from "../../fleet/rules/rule-set";
import { rehearsalCheck, rehearsalSites } from "../acceptance/acceptance-check";
import { storeObjects, type StoreObjects } from "../rules/store-objects";
import { readableLine } from "../logs/log-line";
import { clientService, userDataValues } from "./client-services";
import { composeFile, PROXY, type ComposeProps, type StandIn } from "./compose";
import { ComposeProject } from "./compose-project";
import { runDocker, type Outcome } from "./docker";
import { requireExistingNetworks } from "./existing-networks";
import { endpointIdOf, MAX_PROXIES } from "./haproxy";
import { Images } from "./images";
import { FILES } from "./mounts";
import { MAX_CLIENTS, placesFor, type Networks } from "./networks";
import { RuleStore } from "./rule-store";
import { rulesInForce } from "./rules-in-force";
import { NOT_UP, SEE_LOGS, Service } from "./service";
import { renderTemplate } from "./user-data";

/** What a change takes at most: an interval of the proxies' questions, and what an answer takes. */
const RULES_WITHIN_SECONDS = 30;

/** How long Squid may still give a verdict by the rules before: the `ttl` in squid.conf, in whole seconds. */
const VERDICT_SECONDS = 3;

export interface RehearsalProps {
  /** The checkout. */
  readonly root: string;
  readonly settings: Settings;
  readonly rules: Rules;
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
  /** The objects from which they have their rules. */
  public readonly store: RuleStore;
  private readonly root: string;
  private readonly settings: Settings;
  private readonly rules: Rules;
  private readonly progress: (line: string) => void;
  private readonly project: ComposeProject;
  private readonly images: Images;

  constructor(props: RehearsalProps) {
    const { root, settings, rules, purpose = "rehearsal", progress = () => {} } = props;
    this.root = root;
    this.settings = { ...settings, clients: clientsOf(settings) };
    this.rules = rules;
    this.progress = progress;
    this.project = new ComposeProject(projectName(root, purpose), path.join(root, ".rehearsal"));
    this.images = new Images({
      squidDirectory: path.join(root, "squid"),
      uri: settings.image.uri,
      project: this.project.name,
    });
    this.store = new RuleStore(path.join(this.project.directory, FILES.store));
    this.service = new Service(this.project, (commands) => this.runtimeApi(commands), progress);
  }

  /**
   * Builds the images, starts everything and waits until the proxies are healthy. Where it is up
   * already, what has changed since, an image or a setting, is replaced; rules are not worth a replacement.
   *
   * @throws UserError where a network is missing that must be there, the proxies do not become healthy, or
   * do not take the rules.
   */
  async up(): Promise<void> {
    await requireExistingNetworks(this.rehearsed);
    await this.images.build(this.progress);
    const engine = await this.images.engineLimits();
    const { cpu, desiredCount } = this.settings.service;
    if (cpu / 1024 > engine.cpus) {
      this.progress(`Each proxy gets all ${engine.cpus} CPUs of this machine, not ${cpu / 1024}`);
    }
    const count = Math.min(desiredCount, MAX_PROXIES);
    const instead = desiredCount > count ? `, not ${desiredCount},` : "";
    this.progress(`Starting ${count} proxies${instead} and what is around them …`);
    const { length } = this.settings.clients;
    if (length > MAX_CLIENTS) this.progress(`There is room for the first ${MAX_CLIENTS} clients`);
    const places = await placesFor(this.project.name);
    await this.service.deploy(count, () => this.startIn(places, { engine, count }));
    await this.untilInForce((await this.storeObjects(this.rules)).version);
  }

  /** Ends and removes everything, whatever state it is in; images and files, too. */
  async down(): Promise<void> {
    this.progress("Removing everything …");
    await this.project.down();
    await this.images.remove();
    this.progress("Nothing is left");
  }

  /**
   * Puts rules into the store, and changes nothing else, as a deployment that changes only rules; and waits
   * until all proxies have them.
   *
   * @param rules @default - those that the rehearsal was made with
   * @throws UserError where they do not within {@link RULES_WITHIN_SECONDS}.
   */
  async applyRules(rules = this.rules): Promise<void> {
    const { objects, version } = await this.storeObjects(rules);
    await this.store.write(objects);
    this.progress("The store has them; the proxies ask every 15 seconds …");
    await this.untilInForce(version);
    await sleep(VERDICT_SECONDS * 1000);
  }

  /**
   * What the store has for some rules: as Terraform writes it, but for the endpoints' ids.
   *
   * @param networks where the clients are. @default - where they are now
   */
  async storeObjects(rules: Rules, networks?: Networks): Promise<StoreObjects> {
    const { region, settings } = this;
    const { client } = networks ?? (await placesFor(this.project.name))[0];
    const addresses = new Map(this.rehearsed.map(({ name }, index) => [name, client[index]!]));
    const endpoints = ruleUsers(settings).flatMap((user) => {
      const address = addresses.get(user.name);
      const endpointId = address === undefined ? user.endpointId : endpointIdOf(address);
      return endpointId === undefined ? [] : [{ ...user, endpointId }];
    });
    return storeObjects({ rules, endpoints, unknownClients: settings.unknownClients, region });
  }

  /** The clients by their names, and for each its container, for a shell in it. */
  get clients(): ReadonlyMap<string, string> {
    return new Map(
      this.rehearsed.map(({ name }) => [name, `${this.project.name}-${clientService(name)}-1`]),
    );
  }

  /** The id of the first client's container. */
  client(): Promise<string> {
    return this.container(clientService(this.rehearsed[0]!.name));
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
   * Runs the acceptance check on the clients, one after the other, which prints their reports.
   *
   * @param only the name of one client. @default - all
   * @returns whether nothing failed.
   * @throws UserError where no client has that name.
   */
  async check(only?: string): Promise<boolean> {
    const clients = this.rehearsed.filter(({ name }) => only === undefined || name === only);
    if (clients.length === 0) {
      const names = this.rehearsed.map(({ name }) => name);
      throw new UserError(
        `${JSON.stringify(only)} is no client of the rehearsal. Allowed: ${alternatives(names)}.`,
      );
    }
    const egress = (await this.service.proxies()).map(({ egressAddress }) => egressAddress);
    const [{ site }] = await placesFor(this.project.name);
    let passed = true;
    for (const client of clients) {
      console.error(
        `Checking client ${client.name}, which has the rules of rules/${client.rules}.`,
      );
      const environment = rehearsalCheck(this.checked(client), { egress, site });
      const container = await this.container(clientService(client.name));
      const check = ["bash", "/project/client/check.sh"];
      const args = ["exec", ...variables(environment), container, ...check];
      const [status] = (await once(spawn("docker", args, { stdio: "inherit" }), "exit")) as [
        number | null,
      ];
      // None where a signal has ended it.
      passed &&= status === 0;
    }
    return passed;
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
    props: Pick<ComposeProps, "engine"> & { readonly count: number },
  ): Promise<void> {
    const { root, settings, images, project } = this;
    const { directory } = project;
    const [template, useProxy] = await Promise.all(
      ["userdata.sh", "use-proxy.sh"].map((file) =>
        readFile(path.join(root, "client", file), "utf8"),
      ),
    );
    const clients = this.rehearsed;
    const compose = {
      ...props,
      ...this.sites(),
      settings,
      clients,
      networks,
      images,
      root,
      directory,
    };
    await this.store.write((await this.storeObjects(this.rules, networks)).objects);
    await project.write(composeFile(compose), {
      [FILES.authority]: await images.authority(),
      [FILES.proxyResolvConf]: `nameserver ${networks.nameServer.internet}\n`,
      [FILES.clientResolvConf.allowed]: `nameserver ${networks.nameServer.clients}\n`,
      [FILES.clientResolvConf.blocked]: `nameserver ${networks.closedNameServer}\n`,
      [FILES.userData]: renderTemplate(template!, {
        ...userDataValues(this.settings),
        use_proxy: useProxy!,
      }),
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

  private get rehearsed(): readonly ClientSettings[] {
    return this.settings.clients.slice(0, MAX_CLIENTS);
  }

  /** What stands for the region in rules: the first of the settings. */
  private get region(): string {
    return this.settings.regions[0]!;
  }

  private checked(client: ClientSettings) {
    return { settings: this.settings, rules: this.rules, region: this.region, client };
  }

  /** The names that the checks of all clients ask for. */
  private sites(): Pick<ComposeProps, "sites" | "internalSites"> {
    const all = this.rehearsed.map((client) => rehearsalSites(this.checked(client)));
    const sites = all.flatMap(({ site, refusedSite = site }) => [site, refusedSite]);
    return {
      sites: [...new Set(sites)],
      internalSites: Object.assign({}, ...all.map(({ internalSites }) => internalSites)) as Record<
        string,
        string
      >,
    };
  }

  private async untilInForce(version: string): Promise<void> {
    const deadline = Date.now() + RULES_WITHIN_SECONDS * 1000;
    const proxies = await this.service.proxies();
    for (let reported = -1; ; await sleep(500)) {
      const has = await Promise.all(proxies.map(rulesInForce));
      const others = proxies.filter((_, index) => has[index]?.version !== version);
      const done = proxies.length - others.length;
      if (done !== reported) {
        this.progress(`${done} of ${proxies.length} proxies have the rules ${version}`);
      }
      if (others.length === 0) return;
      reported = done;
      if (Date.now() > deadline) {
        throw new UserError(
          `After ${RULES_WITHIN_SECONDS} seconds the rules ${version} are not in force at ` +
            `${others.map(({ name }) => name).join(", ")}. ${SEE_LOGS}`,
        );
      }
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

/** A rehearsal has somebody who asks, also for a fleet that has none but other accounts' clients. */
function clientsOf({ clients }: Settings): ClientSettings[] {
  if (clients.length > 0) return clients;
  return [
    {
      name: "client",
      vpc: { cidr: "172.16.0.0/16", azs: 1 },
      publicDns: "blocked",
      allowedDns: [],
      instanceType: "none",
      rules: "default",
    },
  ];
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
