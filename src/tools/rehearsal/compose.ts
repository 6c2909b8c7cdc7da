import path from "node:path";
import { REHEARSAL_SITE } from "../acceptance/acceptance-check";
import { HEALTH_CHECK } from "../../fleet/proxy/health-check";
import { PROXY_PORT, squidContainer } from "../../fleet/squid/squid-container";
import type { ClientSettings, Settings } from "../../configuration/settings";
import type { EngineLimits } from "./images";
import type { Networks } from "./networks";

/** The most proxies; the load balancer keeps a place for each. */
export const MAX_PROXIES = 10;

/** The names of the services, which Compose gives its containers. */
export const PROXY = "proxy";
export const STAND_INS = [
  ...["load-balancer", "name-server", "closed-name-server", "site", "store", "stuck-site"],
] as const;
export type StandIn = (typeof STAND_INS)[number] | `client-${string}`;

/** The service of a client. */
export const clientService = (client: string) => `client-${client}` as const;

/** The proxy's name in the clients' network without a `dnsName`, where AWS has the endpoint's. */
const ENDPOINT = "endpoint";

/** Names under which the sites always answer, each a domain of its own. */
export const SITE = REHEARSAL_SITE;
export const STUCK_SITE = "stuck.test";

/** The store's name, where AWS has a bucket's. */
const STORE = "store.test";
export const RULES_URL = `https://${STORE}`;

/**
 * How long a Network Load Balancer keeps a connection that says nothing.
 * Source: "Connection idle timeout", Elastic Load Balancing, Network Load Balancers guide.
 */
const IDLE_TIMEOUT_SECONDS = 350;

/** How long the stand-in waits for a proxy; on AWS the client's own patience is what counts. */
const CONNECT_TIMEOUT_SECONDS = 5;

/** What an endpoint's id as AWS writes them begins with. The load balancer adds the client's address. */
const VPC_ENDPOINT_ID_PREFIX = "vpce-0ec2ec2ec";

/** The id of the endpoint by which a client comes, by the client's address. */
export function endpointIdOf(address: string): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  return VPC_ENDPOINT_ID_PREFIX + bytes.join("");
}

/**
 * The name server itself is asked, as in a VPC. The engine's resolver has limits of its own, and in
 * networks without a way out some versions of it ask nobody.
 * Source: https://github.com/moby/moby/issues/47538
 */
const RESOLV_CONF = "/etc/resolv.conf";

/** Where an instance keeps the script of its first boot. */
const USER_DATA = "/var/lib/cloud/instance/scripts/part-001";

/** Where programs in an image of Debian's have the authorities that they trust. */
const TRUSTED_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/** Where the store's web server has its objects. */
const OBJECTS = "/store";

/** Files and folders that are mounted, by what they are. */
export const FILES = {
  proxyResolvConf: "proxy-resolv.conf",
  /** The clients', by whether their resolver answers for public names. */
  clientResolvConf: { allowed: "client-resolv.conf", blocked: "closed-resolv.conf" },
  userData: "userdata.sh",
  authority: "authority.crt",
  store: "store",
};

export interface ComposeProps {
  readonly settings: Pick<Settings, "service" | "proxy" | "dnsName">;
  readonly networks: Networks;
  /** {@link MAX_CLIENTS} at most. */
  readonly clients: readonly Pick<ClientSettings, "name" | "publicDns">[];
  /** The image of the proxies, and of everything else. */
  readonly images: { readonly proxy: string; readonly standIns: string };
  /** Names besides those under `.test` that lead to the stand-in for a web site. */
  readonly sites: readonly string[];
  /** Names that lead to addresses inside, by name. */
  readonly internalSites: Readonly<Record<string, string>>;
  /** What the engine has: CPUs, and open files for a container. */
  readonly engine: EngineLimits;
  /** The checkout, which the clients see as /project. */
  readonly root: string;
  /** The folder of the files that are mounted. */
  readonly directory: string;
}

/**
 * The sites' ports for plain HTTP: those that are open and not for tunnels, which are TLS; and 80 even
 * where it is closed, so that there is something to be kept from.
 */
const plainPorts = ({ httpPorts, connectPorts }: Settings["proxy"]) =>
  [...new Set([80, ...httpPorts])].filter((port) => !connectPorts.includes(port));

/** What all name servers are, in the foreground of a container of theirs. */
const DNSMASQ = [
  ...["dnsmasq", "--keep-in-foreground", "--log-facility=-", "--user=root", "--no-hosts"],
];

/** The picture of the design on one machine, as a Compose file; with the constructs' own values. */
export function composeFile(props: ComposeProps) {
  const { networks, images, clients, sites, internalSites, settings, directory } = props;
  const standIn = (service: object) => ({ image: images.standIns, init: true, ...service });
  const site = (address: string, names: readonly string[]) =>
    standIn({
      command: ["site"],
      environment: {
        NAMES: names.join(","),
        HTTP_PORTS: plainPorts(settings.proxy).join(","),
        HTTPS_PORTS: settings.proxy.connectPorts.join(","),
      },
      networks: { internet: { ipv4_address: address } },
    });
  return {
    services: {
      [PROXY]: proxy(props),
      "load-balancer": standIn({
        command: ["haproxy", "-f", "/etc/haproxy/haproxy.cfg"],
        environment: {
          PORT: PROXY_PORT,
          VPC_ENDPOINT_ID_PREFIX,
          MAX_TARGETS: MAX_PROXIES,
          CONNECT_TIMEOUT_SECONDS,
          IDLE_TIMEOUT_SECONDS,
          HEALTH_CHECK_INTERVAL_SECONDS: HEALTH_CHECK.intervalSeconds,
          HEALTH_CHECK_TIMEOUT_SECONDS: HEALTH_CHECK.timeoutSeconds,
          HEALTHY_THRESHOLD: HEALTH_CHECK.healthyThreshold,
          UNHEALTHY_THRESHOLD: HEALTH_CHECK.unhealthyThreshold,
          HEALTH_CHECK_PATH: HEALTH_CHECK.path,
          HEALTH_CHECK_MATCHER: HEALTH_CHECK.matcher,
        },
        networks: { clients: { ipv4_address: networks.loadBalancer }, service: {} },
      }),
      "name-server": standIn({
        // Everything else it asks the engine's resolver, and so the real Internet, where there is one.
        command: [
          ...DNSMASQ,
          // Without the second one, it would ask elsewhere for IPv6 addresses.
          ...["test", ...sites].flatMap((name) => [
            `--address=/${name}/${networks.site}`,
            `--local=/${name}/`,
          ]),
          `--address=/${STUCK_SITE}/${networks.stuckSite}`,
          `--address=/${STORE}/${networks.store}`,
          ...Object.entries(internalSites).map(
            ([name, address]) => `--address=/${name}/${address}`,
          ),
        ],
        networks: {
          clients: { ipv4_address: networks.nameServer.clients },
          internet: { ipv4_address: networks.nameServer.internet },
        },
      }),
      // What a client's DNS firewall leaves of a resolver: all that it does not know does not exist.
      "closed-name-server": standIn({
        command: [
          ...[...DNSMASQ, "--no-resolv", "--local=/#/"],
          `--address=/${proxyHost(settings)}/${networks.loadBalancer}`,
        ],
        networks: { clients: { ipv4_address: networks.closedNameServer } },
      }),
      site: site(networks.site, [SITE, `*.${SITE}`, ...sites]),
      "stuck-site": site(networks.stuckSite, [STUCK_SITE, `*.${STUCK_SITE}`]),
      store: standIn({
        command: ["site"],
        environment: { NAMES: STORE, HTTP_PORTS: "", HTTPS_PORTS: "443", FILES: OBJECTS },
        networks: { internet: { ipv4_address: networks.store } },
        volumes: [mount(path.join(directory, FILES.store), OBJECTS)],
      }),
      ...Object.fromEntries(
        clients.map(({ name, publicDns }, index) => [
          clientService(name),
          standIn({
            command: ["bash", "-c", `bash ${USER_DATA} && exec sleep infinity`],
            networks: { clients: { ipv4_address: networks.client[index] } },
            // The clients' DNS is another one on AWS, and answers while that of the proxies is away.
            ...(publicDns === "allowed" && {
              extra_hosts: [`${proxyHost(settings)}:${networks.loadBalancer}`],
            }),
            volumes: [
              mount(path.join(directory, FILES.clientResolvConf[publicDns]), RESOLV_CONF),
              mount(path.join(directory, FILES.userData), USER_DATA),
              // The check and the load generator.
              mount(props.root, "/project"),
            ],
          }),
        ]),
      ),
    },
    networks: {
      clients: { internal: true, ...subnet(networks.clients) },
      service: { internal: true, ...subnet(networks.service) },
      internet: subnet(networks.internet),
    },
  };
}

/** A task, by the very definition that ECS gets. */
function proxy({ settings, networks, images, engine, directory }: ComposeProps) {
  const { cpu, memoryMiB } = settings.service;
  const definition = squidContainer({
    ...settings.proxy,
    cpu,
    memoryMiB,
    image: { uri: images.proxy, dependables: [] },
    proxyProtocolCidrs: [networks.service],
    rulesUrl: RULES_URL,
    logGroupName: "",
    region: "",
  });
  const { healthCheck, logConfiguration } = definition;
  const { mode, "max-buffer-size": maxBufferSize } = logConfiguration.options;
  return {
    image: definition.image,
    user: definition.user,
    read_only: definition.readonlyRootFilesystem,
    cap_drop: definition.linuxParameters.capabilities.drop,
    environment: Object.fromEntries(definition.environment.map(({ name, value }) => [name, value])),
    ulimits: Object.fromEntries(
      definition.ulimits.map(({ name, softLimit, hardLimit }) => [
        name,
        { soft: Math.min(softLimit, engine.files), hard: Math.min(hardLimit, engine.files) },
      ]),
    ),
    cpus: Math.min(cpu / 1024, engine.cpus),
    // Fargate has no swap.
    mem_limit: `${memoryMiB}m`,
    memswap_limit: `${memoryMiB}m`,
    stop_grace_period: `${definition.stopTimeout}s`,
    healthcheck: {
      test: healthCheck.command,
      interval: `${healthCheck.interval}s`,
      timeout: `${healthCheck.timeout}s`,
      retries: healthCheck.retries,
      start_period: `${healthCheck.startPeriod}s`,
    },
    logging: { driver: "json-file", options: { mode, "max-buffer-size": maxBufferSize } },
    // Fargate has IPv6, though the VPC has no address of it; without, Squid leaves out the rules.
    sysctls: { "net.ipv6.conf.all.disable_ipv6": 0 },
    networks: { internet: {}, service: {} },
    volumes: [
      mount(path.join(directory, FILES.proxyResolvConf), RESOLV_CONF),
      mount(path.join(directory, FILES.authority), TRUSTED_AUTHORITIES),
    ],
  };
}

function subnet(cidr: string) {
  return { ipam: { config: [{ subnet: cidr }] } };
}

function mount(source: string, target: string) {
  return { type: "bind", source, target, read_only: true };
}

/** What a client's first boot is told, as the instance's is by Terraform. */
export function userDataValues(settings: Pick<Settings, "dnsName">) {
  return { proxy_host: proxyHost(settings), proxy_port: PROXY_PORT };
}

function proxyHost({ dnsName = ENDPOINT }: Pick<Settings, "dnsName">): string {
  return dnsName;
}
