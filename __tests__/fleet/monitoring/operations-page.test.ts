import { readFileSync } from "node:fs";
import path from "node:path";
import { alarmDefinitions } from "../../../src/fleet/monitoring/alarms";
import { PROJECT_ROOT } from "../../../src/common/project-root";

/** With the names and numbers of the page's examples. */
const ALARMS = alarmDefinitions({
  dimensions: {
    clusterName: "proxy-cluster",
    serviceName: "proxy-service",
    loadBalancer: "net/proxy-nlb/0123456789abcdef",
    targetGroup: "targetgroup/proxy-tg/0123456789abcdef",
    availabilityZones: ["us-east-1a"],
    natGatewayIds: ["nat-0a1b2c"],
    logNamespace: "ProxyFleet/proxy",
  },
  logGroupName: "/ecs/proxy-web",
  minCapacity: 2,
  maxCapacity: 10,
  maxConnections: 470,
});

test("docs/operations.md says of each alarm what it says itself, and what to do then", () => {
  const page = readFileSync(path.join(PROJECT_ROOT, "docs", "operations.md"), "utf8");
  const rows = page
    .split("\n")
    .map((line) => line.split(/ *\| */).slice(1, -1))
    .filter(([id]) => /^`[a-z0-9-]+`$/.test(id ?? ""));
  expect(rows.map((cells) => cells.slice(0, 3))).toEqual(
    ALARMS.map(({ id, notice, command }) => [`\`${id}\``, notice, `\`${command}\``]),
  );
  for (const [id, , , then] of rows)
    expect([id, then]).toEqual([id, expect.stringMatching(/.{30}/)]);
});

test("the first commands are this project's, or the AWS CLI's", () => {
  const { scripts } = JSON.parse(readFileSync(path.join(PROJECT_ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const { command } of ALARMS) {
    const [, script] = /^npm run ([a-z:]+)/.exec(command) ?? [];
    expect([command, command.startsWith("aws ") || script! in scripts]).toEqual([command, true]);
  }
});
