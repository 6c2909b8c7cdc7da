import { readFileSync } from "node:fs";
import path from "node:path";
import { LOG_METRICS } from "../../../src/fleet/monitoring/log-metrics";
import { PROJECT_ROOT } from "../../../src/common/project-root";

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
