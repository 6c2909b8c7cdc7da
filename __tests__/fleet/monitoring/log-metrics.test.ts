import { readFileSync } from "node:fs";
import path from "node:path";
import { LOG_METRICS } from "../../../src/fleet/monitoring/log-metrics";
import { PROJECT_ROOT } from "../../../src/common/project-root";
import type { LogLine } from "../../../src/tools/logs/log-line";
import { metricFilter } from "../../../src/tools/rehearsal/metrics/metric-filter";

/** What a rule is called that answers with 503, as nothing is against the request. */
const NO_REFUSALS = ["dns", "no-rules"];

function patternOf(name: string): string {
  return LOG_METRICS.find((metric) => metric.name === name)?.pattern ?? "";
}

describe("the metrics of the log", () => {
  test("Denied counts every reason that docs/access-log.md has for a refusal, and no other", () => {
    const page = readFileSync(path.join(PROJECT_ROOT, "docs", "access-log.md"), "utf8");
    const [, table = ""] = page.split("`deniedBy` names one of these rules:");
    const reasons = table
      .slice(0, table.indexOf("\n## "))
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .slice(1)
      .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)])
      .map(([, reason]) => reason ?? "");
    const counted = [...patternOf("Denied").matchAll(/\$\.deniedBy = "([^"]+)"/g)];
    expect(reasons).toEqual(expect.arrayContaining(NO_REFUSALS));
    expect(counted.map(([, reason]) => reason).sort()).toEqual(
      reasons.filter((reason) => !NO_REFUSALS.includes(reason)).sort(),
    );
  });

  const time = "2026-11-25T16:00:00.007Z";
  const request = {
    ...{ time, client: "172.16.0.10", clientPort: 50000, endpoint: "vpce-0123456789abcdef0" },
    ...{ consumer: "client", rules: "default", method: "GET", host: "site.test", port: 80 },
    ...{ url: "http://site.test/", sni: null, error: null, deniedBy: null, wouldBeDeniedBy: null },
    ...{ result: "TCP_MISS", upstream: "198.51.100.1", upstreamMs: 2, dnsMs: null, durationMs: 3 },
    ...{ bytesIn: 100, bytesOut: 225, status: 200, sequence: 1 },
  };
  const tunnel = { ...request, method: "CONNECT", port: 443 };
  const refused = (deniedBy: string, status = 403) => ({ ...request, deniedBy, status });

  test.each<[string, LogLine | string, string[]]>([
    ["a page", request, ["Requests"]],
    ["a tunnel", tunnel, ["Requests", "Tunnels"]],
    ["a page that is not there", { ...request, status: 404 }, ["Requests"]],
    ["a site that refuses by itself", { ...request, status: 403 }, ["Requests"]],
    ["a refused page", refused("denied-domains"), ["Requests", "Denied"]],
    [
      "a refused tunnel",
      { ...tunnel, deniedBy: "private-address", status: 403 },
      ["Requests", "Tunnels", "Denied"],
    ],
    ["a head that is too long", refused("head", 431), ["Requests", "Denied"]],
    [
      "a connection too many",
      refused("connections", 429),
      ["Requests", "Denied", "ConnectionLimit"],
    ],
    [
      "what report mode would refuse",
      { ...request, wouldBeDeniedBy: "allowed-domains" },
      ["Requests"],
    ],
    ["a name that leads nowhere", refused("dns", 503), ["Requests", "Failed"]],
    ["a proxy without rules", refused("no-rules", 503), ["Requests", "Failed"]],
    ["a web server that is silent", { ...request, status: 504 }, ["Requests", "Failed"]],
    ["a server's own mistake", { ...request, status: 500 }, ["Requests", "Failed"]],
    ["an answer that nobody waited for", { ...request, status: 0 }, ["Requests"]],
    ["a message", { time, event: "message", text: "status 503" }, []],
    ["lost lines", { time, event: "lost", log: "access", lines: 7 }, ["LogLosses"]],
    [
      "rules in force",
      {
        ...{ time, event: "rules", reason: "confirmed", version: "1" },
        ...{ sets: 1, rules: 2, endpoints: 1 },
      },
      ["RulesConfirmed"],
    ],
    [
      "rules that were not taken over",
      { time, event: "rules-rejected", reason: "no answer", version: null },
      ["RulesRejected"],
    ],
    ["no JSON", "2026/11/25 16:00:00| status 503", []],
  ])("count %s where it belongs", (_, line, expected) => {
    const text = typeof line === "string" ? line : JSON.stringify(line);
    const counting = LOG_METRICS.filter(({ pattern }) => metricFilter(pattern)(text));
    expect(counting.map(({ name }) => name)).toEqual(expected);
  });

  test("have names of their own, and patterns that CloudWatch takes", () => {
    const names = LOG_METRICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { pattern } of LOG_METRICS) {
      expect(pattern).toMatch(/^\{ \$\..+ \}$/);
      // PutMetricFilter, Amazon CloudWatch Logs API reference.
      expect(pattern.length).toBeLessThanOrEqual(1024);
      expect(pattern).not.toContain("!=");
    }
  });
});
