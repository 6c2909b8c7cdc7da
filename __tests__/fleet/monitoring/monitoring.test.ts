import { readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "../../../src/common/project-root";
import { QUERIES } from "../../../src/fleet/monitoring/dashboard-rows";
import { LOG_METRICS } from "../../../src/fleet/monitoring/log-metrics";
import { synthFleet } from "../../helpers/fleet";
import { addresses, only, type TerraformBlock, type TerraformJson } from "../../helpers/synth";

const EMAILS = ["on-call@example.com", "other.one@example.org"];
const TOPIC = "arn:aws:sns:{region}:123456789012:on-call";

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly query?: string;
    readonly markdown?: string;
    readonly alarms?: string[];
    readonly metrics?: unknown[][];
    readonly annotations?: { readonly horizontal: { label: string; value: number }[] };
  };
}

const blocksOf = (json: TerraformJson, type: string): TerraformBlock[] =>
  Object.values(json.resource[type] ?? {});

function widgetsOf(json: TerraformJson): Widget[] {
  const { dashboard_body: body } = only(json, "aws_cloudwatch_dashboard");
  return (JSON.parse(String(body)) as { widgets: Widget[] }).widgets;
}

const isWatching = (address: string) => /^aws_(cloudwatch_(?!log_group)|sns_)/.test(address);

test("a lab has nothing of it", () => {
  expect(addresses(synthFleet()).filter(isWatching)).toEqual([]);
});

describe("an ordinary account", () => {
  let json: TerraformJson;
  beforeAll(() => {
    json = synthFleet({ account: "standard", alarms: { email: EMAILS } });
  });

  test("saves every query, in a folder of its own, for the fleet's log", () => {
    const saved = blocksOf(json, "aws_cloudwatch_query_definition");
    expect(saved.map(({ name }) => name).sort()).toEqual(
      QUERIES.map(({ id }) => `proxy/${id}`).sort(),
    );
    for (const { log_group_names } of saved) {
      expect(log_group_names).toEqual(["${aws_cloudwatch_log_group.logs.name}"]);
    }
  });

  test("counts every metric of the log, and 0 where there is none", () => {
    const filters = blocksOf(json, "aws_cloudwatch_log_metric_filter");
    expect(filters.map(({ name }) => name).sort()).toEqual(
      LOG_METRICS.map(({ name }) => name).sort(),
    );
    for (const { name, log_group_name, metric_transformation } of filters) {
      expect(log_group_name).toBe("${aws_cloudwatch_log_group.logs.name}");
      expect(metric_transformation).toEqual(
        expect.objectContaining({ name, namespace: "ProxyFleet/proxy", default_value: "0" }),
      );
    }
  });

  test("has no metric of the log in alarms or dashboard that is not counted", () => {
    const text = JSON.stringify([
      blocksOf(json, "aws_cloudwatch_metric_alarm"),
      widgetsOf(json).map(({ properties }) => properties.metrics),
    ]);
    const used = [
      ...text.matchAll(/"metric_name":"(\w+)","namespace":"ProxyFleet/g),
      ...text.matchAll(/"ProxyFleet\/proxy","([A-Z]\w+)"/g),
    ].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(LOG_METRICS.map(({ name }) => name)));
  });

  test("tells each address of every alarm, and when it is over", () => {
    const topic = "${aws_sns_topic.monitoring_topic.arn}";
    for (const alarm of blocksOf(json, "aws_cloudwatch_metric_alarm")) {
      expect(alarm).toMatchObject({ alarm_actions: [topic], ok_actions: [topic] });
    }
    expect(json.resource["aws_sns_topic_subscription"]).toMatchObject({
      monitoring_topic_to_on_call_example_com: {
        topic_arn: topic,
        protocol: "email",
        endpoint: EMAILS[0],
      },
      monitoring_topic_to_other_one_example_org: { endpoint: EMAILS[1] },
    });
  });

  test("says in an alarm what clients notice, what to type, and where to read on", () => {
    const { alarm_description: description } =
      json.resource["aws_cloudwatch_metric_alarm"]!["monitoring_alarm_rules_rejected"]!;
    expect(String(description).split("\n")).toEqual([
      "Clients have the rules from before: a task could not fetch the new ones, or did not take them over.",
      "First: npm run rules -- status",
      "Then: docs/operations.md, rules-rejected",
    ]);
  });

  test("alarms wait for tasks, without which they would ring", () => {
    for (const { depends_on } of blocksOf(json, "aws_cloudwatch_metric_alarm")) {
      expect(depends_on).toEqual(["aws_ecs_service.proxy_service"]);
    }
  });

  test("an alarm with a band compares what is watched with it", () => {
    expect(
      json.resource["aws_cloudwatch_metric_alarm"]!["monitoring_alarm_failures_above_usual"],
    ).toMatchObject({
      comparison_operator: "GreaterThanUpperThreshold",
      threshold_metric_id: "band",
      metric_query: [
        { id: "lines", return_data: false, metric: { metric_name: "Failed", period: 60 } },
        { id: "series", return_data: true, expression: "IF(lines > 10, lines, 10)" },
        { id: "band", return_data: true, expression: "ANOMALY_DETECTION_BAND(series, 4)" },
      ],
    });
  });

  test("the dashboard fills rows of 24 columns without a gap", () => {
    const area = widgetsOf(json).reduce((sum, { width, height }) => sum + width * height, 0);
    const bottom = Math.max(...widgetsOf(json).map(({ y, height }) => y + height));
    expect(area).toBe(24 * bottom);
    for (const { x, width } of widgetsOf(json)) expect(x + width).toBeLessThanOrEqual(24);
  });

  test("the dashboard asks saved queries, and shows every alarm", () => {
    const log = "SOURCE '${aws_cloudwatch_log_group.logs.name}' | ";
    const asked = widgetsOf(json).flatMap(({ properties: { query } }) => query ?? []);
    expect(asked.length).toBeGreaterThan(5);
    const known = QUERIES.map(({ query }) => log + query);
    expect(asked.filter((query) => !known.includes(query))).toEqual([]);
    const [states] = widgetsOf(json).filter(({ type }) => type === "alarm");
    expect(states?.properties.alarms).toHaveLength(
      blocksOf(json, "aws_cloudwatch_metric_alarm").length,
    );
  });

  test("docs/costs.md has what it comes to", () => {
    const page = readFileSync(path.join(PROJECT_ROOT, "docs", "costs.md"), "utf8");
    const alarms = blocksOf(json, "aws_cloudwatch_metric_alarm");
    const metrics = alarms.map(({ metric_query }) => {
      const queries = (metric_query ?? [{ metric: {} }]) as { metric?: object }[];
      return queries.filter(({ metric }) => metric !== undefined).length;
    });
    const sum = (isBand: boolean) =>
      metrics
        .filter((_, i) => "threshold_metric_id" in alarms[i]! === isBand)
        .reduce((total, count) => total + count, 0);
    const bands = alarms.filter((alarm) => "threshold_metric_id" in alarm).length;
    expect(page).toContain(` ${sum(false)} × 0.10 `);
    expect(page).toContain(` (${sum(true)} + ${bands} × 2) × 0.10 `);
    expect(page).toContain(` ${LOG_METRICS.length} × 0.30 `);
    expect(widgetsOf(json).filter(({ type }) => type === "log")).toHaveLength(9);
    expect(page).toContain("nine widgets ask the log");
  });

  test("the dashboard begins with what to do", () => {
    expect(widgetsOf(json)[0]?.properties.markdown).toContain("npm run check");
  });

  test("an expression on the dashboard has ids of its own graph, each once", () => {
    for (const { properties } of widgetsOf(json)) {
      const entries = (properties.metrics ?? []).map((entry) => entry.at(-1) as MetricOptions);
      const ids = entries.flatMap(({ id }) => id ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      const variables = entries.flatMap(
        ({ expression = "" }) => expression.match(/[a-z]\w*/g) ?? [],
      );
      expect(variables.filter((name) => !ids.includes(name))).toEqual([]);
    }
  });

  test("the link leads to the dashboard", () => {
    expect(json.output!["dashboard_url"]?.value).toBe(
      "https://${terraform.workspace}.console.aws.amazon.com/cloudwatch/home?region=${terraform.workspace}#dashboards/dashboard/${aws_cloudwatch_dashboard.monitoring_dashboard.dashboard_name}",
    );
  });

  test("auto scaling's targets are those of its policies", () => {
    const limits = widgetsOf(json).flatMap(
      ({ properties: { annotations } }) => annotations?.horizontal ?? [],
    );
    const targets = blocksOf(json, "aws_appautoscaling_policy").map(
      ({ target_tracking_scaling_policy_configuration: configuration }) =>
        (configuration as { target_value: number }).target_value,
    );
    const drawn = limits.filter(({ label }) => label === "Auto scaling's target");
    expect(drawn.map(({ value }) => value).sort()).toEqual(targets.sort());
  });

  test("the limit of a task is that of its memory", () => {
    const { environment } = (
      JSON.parse(String(only(json, "aws_ecs_task_definition")["container_definitions"])) as [
        { environment: { name: string; value: string }[] },
      ]
    )[0];
    const most = environment.find(({ name }) => name === "MAX_CONNECTIONS")?.value;
    const limits = widgetsOf(json).flatMap(
      ({ properties: { annotations } }) => annotations?.horizontal ?? [],
    );
    expect(limits).toContainEqual({ label: "No more fit", value: Number(most) });
  });
});

interface MetricOptions {
  readonly id?: string;
  readonly expression?: string;
}

test("alarms may tell a topic that exists, in the fleet's region", () => {
  const json = synthFleet({ alarms: { mode: "on", topicArn: TOPIC } });
  expect(addresses(json).filter((address) => address.startsWith("aws_sns"))).toEqual([]);
  for (const alarm of blocksOf(json, "aws_cloudwatch_metric_alarm")) {
    expect(alarm["alarm_actions"]).toEqual([
      "arn:aws:sns:${terraform.workspace}:123456789012:on-call",
    ]);
  }
  expect(blocksOf(json, "aws_cloudwatch_dashboard")).toEqual([]);
  expect(blocksOf(json, "aws_cloudwatch_log_metric_filter")).toHaveLength(LOG_METRICS.length);
});

test("a dashboard without alarms counts, and shows none", () => {
  const json = synthFleet({ dashboard: "on" });
  expect(widgetsOf(json).some(({ type }) => type === "alarm")).toBe(false);
  expect(blocksOf(json, "aws_cloudwatch_metric_alarm")).toEqual([]);
  expect(blocksOf(json, "aws_cloudwatch_log_metric_filter")).toHaveLength(LOG_METRICS.length);
});

test("what ECS wants to run is drawn where it reports that", () => {
  const drawn = (containerInsights: string) =>
    JSON.stringify(widgetsOf(synthFleet({ dashboard: "on", service: { containerInsights } })));
  expect(drawn("disabled")).not.toContain("DesiredTaskCount");
  expect(drawn("enabled")).toContain("DesiredTaskCount");
});
