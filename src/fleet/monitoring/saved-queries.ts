import type { SavedQuery } from "./saved-query";

/**
 * What people ask of the access log. A field that is null matches no pattern; what else becomes of it is
 * not documented, so none of these compares with it. What no rule refused, as its name led nowhere, has a
 * status above 500.
 */
export const SAVED_QUERIES = [
  {
    id: "who-reached-what",
    title: "Who reached what",
    query: `filter status >= 100 and status < 400
| stats count() as requests, latest(time) as last by consumer, host, port
| sort requests desc | limit 1000`,
  },
  {
    id: "what-was-denied",
    title: "What was denied, and by which rule",
    query: `filter deniedBy like /[a-z]/ and status < 500
| stats count() as requests, latest(time) as last by consumer, host, port, deniedBy
| sort requests desc | limit 1000`,
  },
  {
    id: "what-a-client-needs",
    title: "What the lists of a client lack for what it asked for",
    query: `filter deniedBy like /-domains/ or wouldBeDeniedBy like /-domains/
| stats count() as requests by consumer, rules, host, port
| sort consumer, requests desc | limit 1000`,
  },
  {
    id: "slowest-hosts",
    title: "The slowest hosts of plain HTTP, in milliseconds",
    // What was refused, or has no address, has no server that could be slow.
    query: `filter upstream like /[0-9]/ and method != "CONNECT"
| stats pct(upstreamMs, 50) as p50, pct(upstreamMs, 99) as p99, count() as requests by host
| sort p99 desc | limit 100`,
  },
  {
    id: "bytes-by-client-and-host",
    title: "Bytes by client and host",
    query: `filter sequence > 0
| stats sum(bytesIn) as fromClient, sum(bytesOut) as toClient by consumer, host
| sort toClient desc | limit 100`,
  },
  {
    id: "report-mode",
    title: "What rules in report mode would refuse",
    query: `filter wouldBeDeniedBy like /-/
| stats count() as requests by rules, host, wouldBeDeniedBy
| sort requests desc | limit 1000`,
  },
] as const satisfies readonly SavedQuery[];
