import path from "node:path";
import type { ClientSettings, Settings } from "../../configuration/settings";
import { PROXY_PORT } from "../../fleet/squid/squid-container";
import { endpoint } from "./haproxy";
import { FILES, mount, RESOLV_CONF } from "./mounts";
import type { Networks } from "./networks";

/** The service of a client. */
export const clientService = (client: string) => `client-${client}` as const;

/** The proxy's name in the clients' networks without a `dnsName`, where AWS has the endpoint's. */
const ENDPOINT = "endpoint";

/** Where an instance keeps the script of its first boot. */
const USER_DATA = "/var/lib/cloud/instance/scripts/part-001";
const FIRST_BOOT = `bash ${USER_DATA}`;

/**
 * A name server without names in the client itself, whatever the addresses of its network: it says at once that
 * a name does not exist.
 */
const NO_NAMES = {
  address: "127.0.0.1",
  command:
    "dnsmasq --user=root --no-hosts --no-resolv --local=/#/ --bind-interfaces --listen-address=127.0.0.1",
};

export type RehearsedClient = Pick<ClientSettings, "name" | "publicDns" | "vpc">;

export interface ClientServicesProps {
  readonly settings: Pick<Settings, "dnsName" | "endpointService">;
  readonly networks: Networks;
  /** `MAX_CLIENTS` at most. */
  readonly clients: readonly RehearsedClient[];
  /** The checkout, which the clients see as /project. */
  readonly root: string;
  /** The folder of the files that are mounted. */
  readonly directory: string;
}

/** The clients, and an endpoint for each that is in a network that is there already. */
export function clientServices(props: ClientServicesProps): Record<string, object> {
  const { networks, clients, settings } = props;
  const services = clients.map((client, index) => {
    const address = networks.client[index]!;
    const network = existingNetwork(client);
    if (network === undefined) {
      return { [clientService(client.name)]: ofTheRehearsal(client, address, props) };
    }
    return {
      [clientService(client.name)]: ofAnExistingNetwork(client, network, props),
      [`endpoint-${client.name}`]: endpoint(networks, network, proxyHost(settings), address),
    };
  });
  return Object.assign({}, ...services) as Record<string, object>;
}

/** The network that a client's VPC is in a rehearsal, where it is not the rehearsal's own. */
export function existingNetwork({ vpc }: Pick<RehearsedClient, "vpc">): string | undefined {
  return "vpcId" in vpc ? vpc.vpcId : undefined;
}

/** What a client's first boot is told, as the instance's is by Terraform. */
export function userDataValues(settings: Pick<Settings, "dnsName" | "endpointService">) {
  return { proxy_host: proxyHost(settings), proxy_port: PROXY_PORT };
}

export function proxyHost({
  endpointService: { privateDns },
  dnsName = ENDPOINT,
}: Pick<Settings, "dnsName" | "endpointService">): string {
  return privateDns?.dnsName ?? dnsName;
}

function ofTheRehearsal(
  { publicDns }: RehearsedClient,
  address: string,
  { settings, networks, root, directory }: ClientServicesProps,
) {
  const resolvConf = path.join(directory, FILES.clientResolvConf[publicDns]);
  return {
    command: command(FIRST_BOOT),
    networks: { clients: { ipv4_address: address } },
    // The clients' DNS is another one on AWS, and answers while that of the proxies is away.
    ...(publicDns === "allowed" && {
      extra_hosts: [`${proxyHost(settings)}:${networks.loadBalancer}`],
    }),
    volumes: [mount(resolvConf, RESOLV_CONF), ...volumes(root, directory)],
  };
}

/** The engine's resolver has the network's own names, the proxy's among them, and asks elsewhere for others. */
function ofAnExistingNetwork(
  { publicDns }: RehearsedClient,
  network: string,
  { root, directory }: ClientServicesProps,
) {
  return {
    ...(publicDns === "allowed"
      ? { command: command(FIRST_BOOT) }
      : { command: command(NO_NAMES.command, FIRST_BOOT), dns: [NO_NAMES.address] }),
    networks: { [network]: {} },
    volumes: volumes(root, directory),
  };
}

function command(...steps: readonly string[]): string[] {
  return ["bash", "-c", [...steps, "exec sleep infinity"].join(" && ")];
}

function volumes(root: string, directory: string): object[] {
  return [
    mount(path.join(directory, FILES.userData), USER_DATA),
    // The check and the load generator.
    mount(root, "/project"),
  ];
}
