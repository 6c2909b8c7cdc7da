import type { ProxyImage } from "../image/image";
import {
  SHUTDOWN_DELAY_SECONDS,
  SHUTDOWN_LIFETIME_SECONDS,
  STOP_TIMEOUT_SECONDS,
} from "../proxy/shutdown";
import { FILE_LIMIT, squidCount, squidMemory } from "./squid-memory";

/** The `proxy` user and group of Debian, under which Squid runs. */
const USER = "13:13";

/** What the task definition calls the container, and the load balancer's registration too. */
export const CONTAINER_NAME = "squid";

/** The TCP port on which the proxy listens, from the container to the client's endpoint. */
export const PROXY_PORT = 3128;

/** The TCP port on which the container's own health check asks; nobody else reaches it. */
export const HEALTH_PORT = 3129;

export interface SquidContainerProps {
  readonly image: ProxyImage;
  readonly logGroupName: string;
  readonly region: string;
  /** The task's CPU units: a Squid runs for each whole vCPU (1024), and one below. */
  readonly cpu: number;
  /** The task's memory. */
  readonly memoryMiB: number;
  /** Where the container finds its rules: the store's URL, `https:` or `file:`. */
  readonly rulesUrl: string;
  /** Who may say, in a PROXY protocol header, which client a connection is from: the load balancer. */
  readonly proxyProtocolCidrs: readonly string[];
  /** Whether the server name that a client sends in TLS must be allowed, too. */
  readonly sniCheck: "off" | "on";
  /** The TCP ports that may be reached by plain HTTP. */
  readonly httpPorts: readonly number[];
  /** The TCP ports to which tunnels may lead. */
  readonly connectPorts: readonly number[];
  /** The private networks that may be reached; all others are closed. */
  readonly privateCidrs: readonly string[];
  /** Whether answers are kept, in memory, for whoever asks next, in whichever VPC. */
  readonly cache: "off" | "shared";
  /**
   * How many connections a client, an address behind an endpoint, may have open with each task.
   * @default - an eleventh of those that the task's memory holds
   */
  readonly maxConnectionsPerClient?: number | undefined;
  /** The most that the head of a request, and of an answer, may have. */
  readonly maxRequestHeadKiB: number;
  readonly maxReplyHeadKiB: number;
  /** The kernel's buffer for what a web server sends; what it holds passes once in a round trip. */
  readonly receiveBufferKiB: number;
}

/**
 * The definition of the one container of a task, as ECS takes it: hardened so that whoever breaks
 * out of Squid finds no root, no capability and nothing to write to.
 */
export function squidContainer(props: SquidContainerProps) {
  const { image, logGroupName, region } = props;
  return {
    name: CONTAINER_NAME,
    image: image.uri,
    essential: true,
    user: USER,
    readonlyRootFilesystem: true,
    environment: environment(props),
    linuxParameters: { capabilities: { drop: ["ALL"] } },
    // The most, whatever the task's size: what fits in it is Squid's own, lower limit.
    ulimits: [{ name: "nofile", softLimit: FILE_LIMIT, hardLimit: FILE_LIMIT }],
    portMappings: [{ containerPort: PROXY_PORT, hostPort: PROXY_PORT, protocol: "tcp" }],
    stopTimeout: STOP_TIMEOUT_SECONDS,
    healthCheck: {
      command: ["CMD", "/usr/local/bin/healthcheck"],
      interval: 15,
      timeout: 5,
      retries: 3,
      startPeriod: 15,
    },
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": logGroupName,
        "awslogs-region": region,
        "awslogs-stream-prefix": "squid",
        // Lines are dropped rather than requests held up when CloudWatch is slow.
        mode: "non-blocking",
        "max-buffer-size": "4m",
      },
    },
  };
}

/**
 * What squid/entrypoint reads. None is empty: ECS drops such variables, so that the entrypoint
 * would take its default, and every plan would add them again.
 * Source: https://github.com/hashicorp/terraform-provider-aws/issues/39533
 */
function environment(props: SquidContainerProps) {
  const memory = squidMemory(props);
  const variables = {
    CACHE_MEM_MIB: memory.cacheMemMiB,
    CONNECT_PORTS: props.connectPorts,
    HTTP_PORTS: props.httpPorts.length > 0 ? props.httpPorts : "none",
    MAX_CONNECTIONS: memory.maxConnections,
    MAX_CONNECTIONS_PER_CLIENT: memory.maxConnectionsPerClient,
    MAX_FILEDESCRIPTORS: memory.maxFiledescriptors,
    MAX_REPLY_HEAD_KIB: props.maxReplyHeadKiB,
    MAX_REQUEST_HEAD_KIB: props.maxRequestHeadKiB,
    PRIVATE_CIDRS: props.privateCidrs,
    PROXY_PROTOCOL_CIDRS: props.proxyProtocolCidrs,
    RECEIVE_BUFFER_KIB: props.receiveBufferKiB,
    RULES_URL: props.rulesUrl,
    SHUTDOWN_DELAY_SECONDS,
    SHUTDOWN_LIFETIME_SECONDS,
    SNI_CHECK: props.sniCheck,
    SQUIDS: squidCount(props.cpu),
  };
  return Object.entries(variables)
    .map(([name, value]) => ({ name, value: String(value) }))
    .filter(({ value }) => value !== "");
}
