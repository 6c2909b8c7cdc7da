import type { LoggedRequests } from "../../../src/tools/logs/access-log";

/** Requests of the client `lab` by tunnel, as a log has them, with what a test wants otherwise. */
export function logged(requests: Partial<LoggedRequests> = {}): LoggedRequests {
  return {
    consumer: "lab",
    endpoint: "vpce-0123456789abcdef0",
    method: "CONNECT",
    host: "example.com",
    port: 443,
    sni: null,
    deniedBy: null,
    wouldBeDeniedBy: null,
    count: 1,
    last: "2026-11-28T10:15:30.123Z",
    ...requests,
  };
}
