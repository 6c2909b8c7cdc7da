/** How the load balancer finds out which proxies to send connections to: it opens one to each. */
export const HEALTH_CHECK = {
  intervalSeconds: 15,
  /** How long a connection may take to open. Without it AWS takes the same 10 seconds for TCP. */
  timeoutSeconds: 10,
  /** Successes in a row after which a proxy gets connections. */
  healthyThreshold: 2,
  /** Failures in a row after which it gets no more. */
  unhealthyThreshold: 2,
} as const;
