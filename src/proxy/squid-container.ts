import type { ProxyImage } from "./image";

/** The `proxy` user and group of Debian, under which Squid runs. */
const USER = "13:13";

/** What the task definition calls the container, and the load balancer's registration too. */
export const CONTAINER_NAME = "squid";

/** The TCP port on which the proxy listens, from the container to the client's endpoint. */
export const PROXY_PORT = 3128;

/** How long ECS waits between SIGTERM and SIGKILL: the most that Fargate allows. */
const STOP_TIMEOUT_SECONDS = 120;

/** Open files, and so connections, per task: what Fargate grants at most without a request. */
const FILE_LIMIT = 65_535;

export interface SquidContainerProps {
  readonly image: ProxyImage;
  readonly logGroupName: string;
  readonly region: string;
}

/**
 * The definition of the one container of a task, as ECS takes it: hardened so that whoever breaks
 * out of Squid finds no root, no capability and nothing to write to.
 */
export function squidContainer({ image, logGroupName, region }: SquidContainerProps) {
  return {
    name: CONTAINER_NAME,
    image: image.uri,
    essential: true,
    user: USER,
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ["ALL"] } },
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
