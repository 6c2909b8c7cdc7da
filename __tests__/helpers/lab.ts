import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import {
  PROXY_PORT,
  squidContainer,
  type SquidContainerProps,
} from "../../src/fleet/squid/squid-container";
import type { NameServerEvent } from "../squid/lab/name-server";
import type { OriginEvent, RequestEvent } from "../squid/lab/origin";
import type { StoreEvent } from "../squid/lab/rule-store";
import { CHECKOUT } from "./checkout";
import { addressOf, docker, eventually, logsOf, Sandbox } from "./docker";
import { writeStore, type TestRules } from "./rule-store";

const PROGRAMS = "__tests__/squid";
const LAB = `${PROGRAMS}/lab`;

/** Two checkouts on one machine have images of their own. */
const CHECKOUT_HASH = createHash("sha256").update(CHECKOUT).digest("hex").slice(0, 6);
const LAB_IMAGE = `proxy-fleet-lab-${CHECKOUT_HASH}`;
const PROXY_IMAGE = `proxy-fleet-test-${CHECKOUT_HASH}`;

/** The endpoint's id that the load balancer reports, as AWS writes them. */
export const VPC_ENDPOINT_ID = "vpce-0123456789abcdef0";

/** Fargate grants what the definition asks for; an engine whose own limit is lower would refuse. */
const ENGINE_FILE_LIMIT = 16_384;

type Definition = ReturnType<typeof squidContainer>;

/** A task's container as the fleet has it where nobody sets anything, without a load balancer. */
export const DEFAULTS: SquidContainerProps = {
  image: { uri: "", dependables: [] },
  logGroupName: "",
  region: "",
  rulesUrl: "",
  cpu: 256,
  memoryMiB: 512,
  sniCheck: "off",
  httpPorts: [80],
  connectPorts: [443],
  privateCidrs: [],
  cache: "off",
  maxRequestHeadKiB: 16,
  maxReplyHeadKiB: 16,
  receiveBufferKiB: 128,
  proxyProtocolCidrs: [],
};

export interface ProxyOptions extends Partial<Omit<SquidContainerProps, "image">> {
  /** @default - the image of squid/ */
  readonly image?: string;
  /** The rules, or a folder with a store. @default - everything is let through */
  readonly rules?: TestRules | string;
  /** Without it, Squid leaves the guard's IPv6 ranges out. @default "on" */
  readonly ipv6?: "on" | "off";
  /** The CPU quota, in vCPUs. @default - none */
  readonly cpus?: number;
  /** Variables besides those of the definition, or instead. */
  readonly environment?: Readonly<Record<string, string>>;
  /** More of what `docker create` takes. */
  readonly options?: readonly string[];
}

interface ProgramOptions {
  readonly args?: readonly string[];
  /** @default - the lab's */
  readonly image?: string | undefined;
  /** More of what `docker create` takes. */
  readonly options?: readonly string[];
}

export interface LabOptions {
  /** Names besides those that the name server knows: to an address, or to another name. */
  readonly names?: Readonly<Record<string, string>>;
  /** @default - the ports that an attempt to get past the proxy's rules may name */
  readonly ports?: readonly number[];
  /** The folder of an image for the web server, based on the lab's (`ARG LAB`). @default - the lab's */
  readonly site?: string;
}

/**
 * Networks without a way out, and in them all that a proxy meets: a stand-in Internet with a web
 * server (`origin.test`) and a name server, and a network of clients, private addresses, with a web
 * server that nobody may reach through a proxy (`forbidden.test`). Both networks can be reached from
 * here, so the tests themselves are the clients.
 */
export class Lab {
  private readonly sandbox = new Sandbox();
  private readonly folders: string[] = [];
  private squidImage: Promise<string> | undefined;
  private started: Started | undefined;

  async start(options: LabOptions = {}) {
    const { names = {}, ports = [22, 25, 80, 443, 3128, 8080, 8443], site } = options;
    await promisify(execFile)(path.join(CHECKOUT, ".ci/base-image"));
    await docker("build", "--quiet", "--force-rm", "--tag", LAB_IMAGE, path.join(CHECKOUT, LAB));
    const image = site ? await this.siteImage(site) : LAB_IMAGE;
    const clients = await this.sandbox.network();
    const internet = await standInInternet(this.sandbox);
    const [origin, forbidden] = await Promise.all([
      this.origin(internet, ports, image),
      this.origin(clients, ports),
    ]);
    const fixed = { "origin.test": origin.address, "forbidden.test": forbidden.address, ...names };
    const nameServer = await this.nameServer(internet, fixed);
    const folder = await this.folder();
    const resolvConf = path.join(folder, "resolv.conf");
    await writeFile(resolvConf, `nameserver ${nameServer.address}\n`, { mode: 0o644 });
    this.started = { image, clients, internet, origin, forbidden, nameServer, resolvConf };
  }

  /** What `start` made. */
  get is(): Started {
    if (!this.started) {
      throw new Error("start the lab first");
    }
    return this.started;
  }

  /** Runs a proxy as its task does, with an address in both networks, and waits for its health. */
  async proxy(options: ProxyOptions = {}): Promise<Proxy> {
    const container = await this.createProxy(options);
    await docker("start", container);
    await ready(container, async () => {
      await docker("exec", container, ...squidContainer(DEFAULTS).healthCheck.command.slice(1));
    });
    // Even an internal network has one, to the engine's machine, which drops what comes that way.
    await this.run(`container:${container}`, ["ip", "route", "delete", "default"], "NET_ADMIN");
    return new Proxy(await addressOf(container, this.is.clients), container);
  }

  /** Leaves it to the caller to start the proxy. */
  async createProxy(all: ProxyOptions) {
    const { environment = {}, image, rules = {}, ipv6 = "on", cpus, options = [], ...props } = all;
    const { clients, internet, resolvConf } = this.is;
    const store = typeof rules === "string" ? rules : await this.store(rules);
    const task = { ...DEFAULTS, ...props };
    const container = await this.sandbox.container(
      ...["--network", clients],
      // The name server itself, as in a VPC; the engine's resolver in between has limits of its own.
      ...["--volume", `${resolvConf}:/etc/resolv.conf:ro`],
      ...["--volume", `${store}:/etc/squid/rules:ro`],
      // In a network without IPv6 the engine switches it off.
      ...["--sysctl", `net.ipv6.conf.all.disable_ipv6=${ipv6 === "on" ? 0 : 1}`],
      ...["--security-opt", "no-new-privileges"],
      // The same for both: without swap.
      ...["--memory", `${task.memoryMiB}m`, "--memory-swap", `${task.memoryMiB}m`],
      ...(cpus === undefined ? [] : ["--cpus", String(cpus)]),
      ...optionsOf(squidContainer(task), environment),
      ...options,
      image ?? (await (this.squidImage ??= this.image())),
    );
    await docker("network", "connect", internet, container);
    return container;
  }

  /** Writes a store, and returns its folder. */
  async store(rules: TestRules): Promise<string> {
    const folder = await this.folder();
    writeStore(folder, rules);
    return folder;
  }

  /** Builds a proxy's image, from a copy of squid/ that may be changed first, and returns its id. */
  async image(change?: (folder: string) => Promise<void>): Promise<string> {
    const folder = await this.folder();
    await cp(path.join(CHECKOUT, "squid"), folder, { recursive: true });
    // A clone under a strict umask has files that only their owner may read.
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) {
        await chmod(path.join(entry.parentPath, entry.name), 0o600);
      }
    }
    await change?.(folder);
    return change
      ? await this.sandbox.image(folder)
      : await docker("build", "--quiet", "--force-rm", "--tag", PROXY_IMAGE, folder);
  }

  /**
   * Puts a load balancer in front of a proxy that was started with `proxyProtocolCidrs`,
   * among them `clientsCidr()`. To a client it is the same as a proxy.
   */
  async loadBalancer(proxy: Proxy): Promise<ProxyClient> {
    const { clients } = this.is;
    const container = await this.program(
      [
        ...["--network", clients],
        ...["--env", `PROXY_ADDRESS=${proxy.address}`],
        ...["--env", `VPC_ENDPOINT_ID=${VPC_ENDPOINT_ID}`],
      ],
      ["haproxy", "-f", `/project/${LAB}/haproxy.cfg`],
    );
    const address = await addressOf(container, clients);
    await ready(container, async () => {
      const probe = connectTcp(PROXY_PORT, address);
      await once(probe, "connect");
      probe.destroy();
    });
    return new ProxyClient(address);
  }

  /**
   * Puts a router in a network that passes everything on to an address there, and forgets a
   * connection after a time without packets. Returns the router's own address.
   */
  async router(network: string, destination: string, forgetsAfterSeconds: number): Promise<string> {
    const conntrack = "net.netfilter.nf_conntrack_tcp";
    const rules = `nft --define destination=${destination} --file /project/${LAB}/router.nft`;
    const container = await this.program(
      [
        ...["--network", network, "--cap-add", "NET_ADMIN"],
        ...["--sysctl", `${conntrack}_timeout_established=${forgetsAfterSeconds}`],
        // What is in the middle of a connection makes no new one.
        ...["--sysctl", `${conntrack}_loose=0`],
      ],
      ["bash", "-c", `${rules} && echo ready && exec sleep infinity`],
    );
    await ready(container, async () => {
      assert.equal((await logsOf(container)).stdout, "ready\n");
    });
    return addressOf(container, network);
  }

  /** Buckets at `https://<name>.store.test`, each a folder in a folder; for {@link trustingStore}. */
  async ruleStore(folder: string): Promise<RuleStore> {
    const { internet } = this.is;
    const options = ["--volume", `${folder}:/store:ro`];
    const container = await this.typescript(internet, "lab/rule-store", { options });
    return new RuleStore(await addressOf(container, internet), container);
  }

  /** What a proxy needs to take its rules from a bucket of {@link ruleStore}, its certificate last. */
  async trustingStore({ address }: RuleStore, bucket: string): Promise<readonly string[]> {
    const host = `${bucket}.store.test`;
    const folder = await this.folder();
    const certificate = path.join(folder, "certificate.pem");
    await writeFile(
      certificate,
      await docker("run", "--rm", LAB_IMAGE, "cat", "/etc/lab/certificate.pem"),
    );
    return [
      ...["--env", `RULES_URL=https://${host}`, "--add-host", `${host}:${address}`],
      ...["--volume", `${certificate}:/etc/ssl/certs/ca-certificates.crt:ro`],
    ];
  }

  clientsCidr(): Promise<string> {
    const format = "{{range .IPAM.Config}}{{.Subnet}}{{end}}";
    return docker("network", "inspect", "--format", format, this.is.clients);
  }

  /** Listens inside a proxy's container, on its loopback as on its other addresses. */
  witness(proxy: Proxy, ports: readonly number[]): Promise<Origin> {
    return this.origin(`container:${proxy.container}`, ports);
  }

  /** Another web server; `network` as for `docker run`. */
  async origin(network: string, ports: readonly number[], image?: string): Promise<Origin> {
    const container = await this.typescript(network, "lab/origin", {
      args: ports.map(String),
      image,
    });
    return new Origin(await addressOf(container, network), container);
  }

  /** Runs a command in a network, and returns what it prints; `network` as for `docker run`. */
  async run(network: string, command: readonly string[], capability?: string): Promise<string> {
    const options = ["--network", network, ...(capability ? ["--cap-add", capability] : [])];
    const container = await this.program(options, command);
    const status = await docker("wait", container);
    const { stdout, stderr } = await logsOf(container);
    assert.equal(status, "0", stderr);
    return stdout;
  }

  async remove(): Promise<void> {
    await this.sandbox.remove();
    for (const folder of this.folders.splice(0)) {
      await rm(folder, { recursive: true });
    }
  }

  private async nameServer(network: string, names: Readonly<Record<string, string>>) {
    const fixed = Object.entries(names).map((name) => name.join("="));
    const container = await this.typescript(network, "lab/name-server", { args: fixed });
    return new NameServer(await addressOf(container, network), container);
  }

  /** Builds the image of a web server for {@link LabOptions.site}, and returns its name. */
  private async siteImage(folder: string): Promise<string> {
    const name = `${LAB_IMAGE}-${path.basename(folder)}`;
    const base = ["--build-arg", `LAB=${LAB_IMAGE}`];
    await docker("build", "--quiet", "--force-rm", ...base, "--tag", name, folder);
    return name;
  }

  /** Runs a program of the suites' folder, and waits until it says that it listens. */
  async typescript(
    network: string,
    program: string,
    { args = [], image, options = [] }: ProgramOptions = {},
  ) {
    const transpiler = "/project/node_modules/sucrase/register/ts";
    const container = await this.program(
      ["--network", network, ...options],
      ["node", "--require", transpiler, `/project/${PROGRAMS}/${program}.ts`, ...args],
      image,
    );
    await ready(container, async () => {
      const { stdout } = await logsOf(container);
      assert(stdout.includes('{"event":"listening"}'), "it does not listen");
    });
    return container;
  }

  private async program(options: readonly string[], command: readonly string[], image = LAB_IMAGE) {
    const mount = ["--volume", `${CHECKOUT}:/project:ro`];
    const container = await this.sandbox.container(...mount, ...options, image, ...command);
    await docker("start", container);
    return container;
  }

  /** A folder that containers can read. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), "proxy-fleet-"));
    await chmod(folder, 0o755);
    this.folders.push(folder);
    return folder;
  }
}

interface Started {
  /** That of `origin`; any other container may have it, too. */
  readonly image: string;
  /** Networks, by id. */
  readonly clients: string;
  readonly internet: string;
  readonly origin: Origin;
  readonly forbidden: Origin;
  readonly nameServer: NameServer;
  readonly resolvConf: string;
}

const MARK = '{"event":"mark"}';

/** A container of the lab that tells, in lines of JSON, what happens to it. */
class Server<Event> {
  constructor(
    readonly address: string,
    readonly container: string,
  ) {}

  /** All events until now: a mark, for which the server is asked, is behind them. */
  async events(): Promise<Event[]> {
    const marks = (lines: readonly string[]) => lines.filter((line) => line === MARK).length;
    const before = marks(await this.lines());
    await docker("kill", "--signal", "USR2", this.container);
    let lines: string[] = [];
    await eventually(async () => {
      lines = await this.lines();
      assert(marks(lines) > before, "the server does not answer the signal");
    });
    return lines.filter((line) => line !== MARK).map((line) => JSON.parse(line) as Event);
  }

  private async lines(): Promise<string[]> {
    return (await logsOf(this.container)).stdout.split("\n").filter((line) => line !== "");
  }
}

export class Origin extends Server<OriginEvent> {
  /** All that came in, from the first byte of a connection on. */
  async seen(): Promise<OriginEvent[]> {
    return (await this.events()).filter(({ event }) => event !== "listening");
  }

  async requests(): Promise<RequestEvent[]> {
    return (await this.events()).filter((event) => event.event === "request");
  }
}

export class RuleStore extends Server<StoreEvent> {}

export class NameServer extends Server<NameServerEvent> {}

export interface Answer {
  readonly status: number | undefined;
  /** Why, where the answer is the proxy's own. */
  readonly error: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Tunnel {
  readonly status: number | undefined;
  readonly error: string | undefined;
  /** Open if the status is 200. */
  readonly socket: Socket;
}

export interface RawAnswer {
  /** Each byte a character. */
  readonly answer: string;
  /** Whether the other side ended the connection, rather than the time. */
  readonly closed: boolean;
}

/** A client of a proxy, or of a load balancer in front of one. */
export class ProxyClient {
  constructor(readonly address: string) {}

  get(url: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.request({ target: url, headers });
  }

  async request(options: {
    readonly method?: string;
    readonly target: string;
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: string | Buffer;
  }): Promise<Answer> {
    const asked = this.ask(options.method ?? "GET", options.target, options.headers);
    const [answer] = (await once(asked.end(options.body), "response")) as [IncomingMessage];
    return { ...outcome(answer), headers: answer.headers, body: await text(answer) };
  }

  async connect(authority: string, headers: OutgoingHttpHeaders = {}): Promise<Tunnel> {
    const asked = this.ask("CONNECT", authority, headers).end();
    const [answer, socket] = (await once(asked, "connect")) as [IncomingMessage, Socket];
    if (answer.statusCode !== 200) {
      socket.destroy();
    }
    return { ...outcome(answer), socket };
  }

  /** Sends bytes, a character each, and takes what comes back until either side has enough. */
  raw(bytes: string, timeoutMs = 5_000): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      let [answer, connected] = ["", false];
      const socket = connectTcp(PROXY_PORT, this.address);
      const end = (closed: boolean) => {
        clearTimeout(timer);
        socket.destroy();
        resolve({ answer, closed });
      };
      const timer = setTimeout(end, timeoutMs, false);
      socket.setEncoding("latin1");
      socket.once("connect", () => {
        connected = true;
        socket.write(bytes, "latin1");
      });
      socket.on("data", (data: string) => (answer += data));
      socket.once("end", () => end(true));
      // A proxy that has refused does not wait for the rest of what is sent.
      socket.once("error", (error) => (connected ? end(true) : reject(error)));
    });
  }

  private ask(method: string, target: string, headers: OutgoingHttpHeaders = {}) {
    const signal = AbortSignal.timeout(10_000);
    const to = { host: this.address, port: PROXY_PORT, agent: false, signal };
    return request({ ...to, method, path: target, headers });
  }
}

export class Proxy extends ProxyClient {
  constructor(
    address: string,
    readonly container: string,
  ) {
    super(address);
  }

  /** The lines of the access log so far; Squid writes them a moment after the answer. */
  async logs(): Promise<string[]> {
    return (await logsOf(this.container)).stdout.split("\n").filter((line) => line !== "");
  }

  /** What Squid, and whatever starts it, says about itself. */
  async messages(): Promise<string> {
    return (await logsOf(this.container)).stderr;
  }
}

/** What the engine needs to run a container as ECS does by its definition. */
export function optionsOf(
  definition: Definition,
  environment: Readonly<Record<string, string>> = {},
) {
  const variables = {
    ...Object.fromEntries(definition.environment.map(({ name, value }) => [name, value])),
    ...environment,
  };
  const limit = (value: number) => Math.min(value, ENGINE_FILE_LIMIT);
  return [
    ...["--user", definition.user],
    ...(definition.readonlyRootFilesystem ? ["--read-only"] : []),
    ...definition.linuxParameters.capabilities.drop.flatMap((name) => ["--cap-drop", name]),
    ...definition.ulimits.flatMap(({ name, softLimit, hardLimit }) => {
      return ["--ulimit", `${name}=${limit(softLimit)}:${limit(hardLimit)}`];
    }),
    ...["--stop-timeout", String(definition.stopTimeout)],
    ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
  ];
}

/** Puts other values into a file of an image that is to be built; the old ones must be there. */
export async function replace(
  file: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  let text = await readFile(file, "utf8");
  for (const [from, to] of Object.entries(values)) {
    assert(text.includes(from), `${file} does not have "${from}"`);
    text = text.replace(from, to);
  }
  await writeFile(file, text);
}

/** Waits for a container to do its work; where it does not, its last words are the reason. */
async function ready(container: string, attempt: () => Promise<unknown>): Promise<void> {
  const running = () => docker("inspect", "--format", "{{.State.Running}}", container);
  try {
    // There is no use in trying again once it has ended.
    await eventually(() =>
      attempt().catch(async (error: unknown) => {
        if ((await running()) === "true") {
          throw error;
        }
      }),
    );
    assert.equal(await running(), "true", "it has ended");
  } catch (error) {
    const { stdout, stderr } = await logsOf(container);
    throw new Error(`not ready; it said:\n${stdout}${stderr}`, { cause: error });
  }
}

/** A network with public addresses that nobody has (TEST-NET-2); a part, so that others find room. */
export async function standInInternet(sandbox: Sandbox): Promise<string> {
  for (let host = 0; host < 256; host += 32) {
    try {
      return await sandbox.network("--subnet", `198.51.100.${host}/27`);
    } catch (error) {
      if (!String(error).includes("Pool overlaps")) {
        throw error;
      }
    }
  }
  throw new Error("198.51.100.0/24 is full: docker network prune removes what is not in use");
}

function outcome(answer: IncomingMessage) {
  const error = answer.headers["x-squid-error"];
  return { status: answer.statusCode, error: typeof error === "string" ? error : undefined };
}
