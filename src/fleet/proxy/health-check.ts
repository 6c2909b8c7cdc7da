/**
 * How the load balancer finds out which proxies to send connections to: it asks each for something by HTTP.
 * Squid knows these requests by their PROXY protocol header, and answers as soon as whatever judges by the
 * rules has answered it. A connection alone would say little: a kernel takes them for a frozen Squid, too.
 */
export const HEALTH_CHECK = {
  intervalSeconds: 15,
  /** How long an answer may take. */
  timeoutSeconds: 10,
  /** Successes in a row after which a proxy gets connections. */
  healthyThreshold: 2,
  /** Failures in a row after which it gets no more, and those that are open end. */
  unhealthyThreshold: 2,
  path: "/",
  /** The statuses that a healthy proxy answers with: any, as it has to answer and not to serve. */
  matcher: "200-599",
} as const;
