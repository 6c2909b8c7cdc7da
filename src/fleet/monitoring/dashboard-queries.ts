import type { SavedQuery } from "./saved-query";

/**
 * What the dashboard asks the log besides the saved queries. Fields of other lines, and those that are
 * null, match no pattern.
 */
export const DASHBOARD_QUERIES = [
  {
    id: "refusals-by-client",
    title: "Refusals by reason and client",
    query: `filter deniedBy like /[a-z]/ and status < 500
| stats count() as requests by deniedBy, consumer
| sort requests desc | limit 20`,
  },
  {
    id: "denied-hosts",
    title: "Hosts that are refused most",
    // A connection too many is for no host: Squid is told of one that nobody has asked for.
    query: `filter deniedBy like /[a-z]/ and deniedBy != "connections" and status < 500
| stats count() as requests by host, deniedBy
| sort requests desc | limit 20`,
  },
  {
    id: "errors-by-kind",
    title: "Errors by kind",
    query: `filter error like /[A-Z]/
| stats count() as requests by error, status
| sort requests desc | limit 20`,
  },
  {
    id: "latency",
    title: "Milliseconds of plain HTTP: all, and of that web servers",
    query: `filter method like /[A-Z]/ and method != "CONNECT"
| stats pct(durationMs, 50) as p50, pct(durationMs, 99) as p99, pct(upstreamMs, 50) as serversP50, pct(upstreamMs, 99) as serversP99 by bin(5m)`,
  },
  {
    id: "dns-latency",
    title: "Milliseconds of DNS, tunnels included",
    query: `filter method like /[A-Z]/
| stats pct(dnsMs, 50) as p50, pct(dnsMs, 99) as p99 by bin(5m)`,
  },
  {
    id: "rules-in-force",
    title: "The rules of each task, and when it confirmed them",
    query: `filter event = "rules"
| stats latest(version) as rulesVersion, latest(time) as confirmed by @logStream
| sort confirmed desc | limit 50`,
  },
  {
    id: "connection-limit",
    title: "Clients at their connection limit",
    query: `filter deniedBy = "connections"
| stats count() as refused, latest(time) as last by consumer, client
| sort refused desc | limit 20`,
  },
] as const satisfies readonly SavedQuery[];
