import { HEALTH_CHECK } from "../../fleet/proxy/health-check";
import { PROXY_PORT } from "../../fleet/squid/squid-container";
import type { Networks } from "./networks";

/** The most proxies; the load balancer keeps a place for each. */
export const MAX_PROXIES = 10;

/** What an endpoint's id as AWS writes them begins with. The load balancer adds the client's address. */
const VPC_ENDPOINT_ID_PREFIX = "vpce-0ec2ec2ec";

/** Where endpoints of networks that are there already ask, which say for whom. */
const ENDPOINT_PORT = PROXY_PORT + 1;

const TIMEOUTS = {
  /** How long a stand-in waits for a proxy; on AWS the client's own patience is what counts. */
  CONNECT_TIMEOUT_SECONDS: 5,
  /**
   * How long a Network Load Balancer keeps a connection that says nothing.
   * Source: "Connection idle timeout", Elastic Load Balancing, Network Load Balancers guide.
   */
  IDLE_TIMEOUT_SECONDS: 350,
};

/** The id of the endpoint by which a client comes, by the client's address. */
export function endpointIdOf(address: string): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  return VPC_ENDPOINT_ID_PREFIX + bytes.join("");
}

/** The load balancer, on its clients' side and on that of the proxies. */
export function loadBalancer(networks: Networks) {
  return {
    command: ["haproxy", "-f", "/etc/haproxy/haproxy.cfg"],
    environment: {
      PORT: PROXY_PORT,
      ENDPOINT_PORT,
      VPC_ENDPOINT_ID_PREFIX,
      MAX_TARGETS: MAX_PROXIES,
      ...TIMEOUTS,
      HEALTH_CHECK_INTERVAL_SECONDS: HEALTH_CHECK.intervalSeconds,
      HEALTH_CHECK_TIMEOUT_SECONDS: HEALTH_CHECK.timeoutSeconds,
      HEALTHY_THRESHOLD: HEALTH_CHECK.healthyThreshold,
      UNHEALTHY_THRESHOLD: HEALTH_CHECK.unhealthyThreshold,
      HEALTH_CHECK_PATH: HEALTH_CHECK.path,
      HEALTH_CHECK_MATCHER: HEALTH_CHECK.matcher,
    },
    networks: { clients: { ipv4_address: networks.loadBalancer }, service: {} },
  };
}

/**
 * An endpoint in a network that is there already, for whoever is in it.
 *
 * @param network what the engine calls it.
 * @param name by which the network knows the proxy.
 * @param address its own on the load balancer's side, of which its id is made.
 */
export function endpoint(networks: Networks, network: string, name: string, address: string) {
  return {
    command: ["haproxy", "-f", "/etc/haproxy/endpoint.cfg"],
    environment: {
      PORT: PROXY_PORT,
      LOAD_BALANCER: `${networks.loadBalancer}:${ENDPOINT_PORT}`,
      ...TIMEOUTS,
    },
    networks: { clients: { ipv4_address: address }, [network]: { aliases: [name] } },
  };
}
