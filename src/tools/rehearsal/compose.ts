import path from "node:path";
import { REHEARSAL_SITE } from "../acceptance/acceptance-check";
import { squidContainer } from "../../fleet/squid/squid-container";
import type { Settings } from "../../configuration/settings";
import { clientServices, proxyHost, type ClientServicesProps } from "./client-services";
import { externalNetworks } from "./existing-networks";
import { loadBalancer } from "./haproxy";
import type { EngineLimits } from "./images";
import { FILES, mount, RESOLV_CONF } from "./mounts";

/** The names of the services, which Compose gives its containers. */
export const PROXY = "proxy";
export const STAND_INS = [
  ...["load-balancer", "name-server", "closed-name-server", "site", "store", "stuck-site"],
] as const;
export type StandIn = (typeof STAND_INS)[number] | `client-${string}`;

/** Names under which the sites always answer, each a domain of its own. */
export const SITE = REHEARSAL_SITE;
export const STUCK_SITE = "stuck.test";

/** The store's name, where AWS has a bucket's. */
const STORE = "store.test";
export const RULES_URL = `https://${STORE}`;

/** Where programs in an image of Debian's have the authorities that they trust. */
const TRUSTED_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/** Where the store's web server has its objects. */
const OBJECTS = "/store";

export interface ComposeProps extends ClientServicesProps {
  readonly settings: Pick<Settings, "service" | "proxy" | "dnsName" | "endpointService">;
  /** The image of the proxies, and of everything else. */
  readonly images: { readonly proxy: string; readonly standIns: string };
  /** Names besides those under `.test` that lead to the stand-in for a web site. */
  readonly sites: readonly string[];
  /** Names that lead to addresses inside, by name. */
  readonly internalSites: Readonly<Record<string, string>>;
  /** What the engine has: CPUs, and open files for a container. */
  readonly engine: EngineLimits;
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
      "load-balancer": standIn(loadBalancer(networks)),
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
        Object.entries(clientServices(props)).map(([name, service]) => [name, standIn(service)]),
      ),
    },
    networks: {
      clients: { internal: true, ...subnet(networks.clients) },
      service: { internal: true, ...subnet(networks.service) },
      internet: subnet(networks.internet),
      ...externalNetworks(clients),
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
