import type { LogMetric } from "./metric";

/**
 * What `deniedBy` says where a rule refused: docs/access-log.md. `dns` and `no-rules` are no refusals,
 * and so not among them: their clients got an answer of 503.
 */
const REFUSALS = [
  "allowed-domains",
  "denied-domains",
  "unknown-client",
  "private-address",
  "internal-address",
  "port",
  "scheme",
  "method",
  "manager",
  "connections",
  "head",
];

/** The lines of what a rule refused. */
export const DENIED = REFUSALS.map((reason) => `$.deniedBy = "${reason}"`).join(" || ");

/**
 * What is counted in the log. No pattern compares a field that may be null with `!=`, or with a
 * wildcard: what CloudWatch makes of that is not documented.
 * Source: "Filter pattern syntax for metric filters", Amazon CloudWatch Logs user guide.
 */
export const LOG_METRICS = [
  // Only the lines of requests are counted through, from 1.
  { name: "Requests", pattern: "{ $.sequence > 0 }" },
  { name: "Tunnels", pattern: '{ $.method = "CONNECT" }' },
  { name: "Denied", pattern: `{ ${DENIED} }` },
  // No rule answers so: refusals are 4xx.
  { name: "Failed", pattern: "{ $.status >= 500 }" },
  { name: "ConnectionLimit", pattern: '{ $.deniedBy = "connections" }' },
  { name: "RulesConfirmed", pattern: '{ $.event = "rules" }' },
  { name: "RulesRejected", pattern: '{ $.event = "rules-rejected" }' },
  { name: "LogLosses", pattern: '{ $.event = "lost" }' },
] as const satisfies readonly LogMetric[];

export type LogMetricName = (typeof LOG_METRICS)[number]["name"];
