import type { ITerraformDependable } from "cdktf";
import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { Construct } from "constructs";
import { alarmArguments } from "./alarm-resource";
import { AlarmTopic } from "./alarm-topic";
import { alarmDefinitions } from "./alarms";
import { dashboardRows, QUERIES, type DashboardProps } from "./dashboard-rows";
import { LOG_METRICS } from "./log-metrics";
import { dashboardBody } from "./widgets";

export interface MonitoringProps extends Omit<DashboardProps, "alarmArns"> {
  /** Begins the names of the alarms. */
  readonly alarmPrefix: string;
  readonly queryFolder: string;
  readonly dashboard: "on" | "off";
  /** An account has one of this name, whatever the region. */
  readonly dashboardName: string;
  readonly alarms: "on" | "off";
  readonly topicName: string;
  /**
   * Whom alarms tell by email, by a topic of the fleet's own.
   * @default - nobody
   */
  readonly alarmEmails?: readonly string[];
  /**
   * The SNS topic that alarms tell, instead of one of the fleet's own.
   * @default - none
   */
  readonly alarmTopicArn?: string | undefined;
  /** What must be there before an alarm: tasks, without which it would ring at once. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** What shows how the fleet is, and tells whoever is on call. */
export class Monitoring extends Construct {
  /** Where the console shows the dashboard, if there is one. */
  public readonly dashboardUrl: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitoringProps,
  ) {
    super(scope, id);
    const { dashboard, alarms } = props;
    // What nobody looks at is not counted: each metric costs.
    if (dashboard === "on" || alarms === "on") this.countLines();
    const alarmArns = alarms === "on" ? this.setAlarms() : [];
    if (dashboard === "on") {
      this.saveQueries();
      const { dashboardName } = new CloudwatchDashboard(this, "dashboard", {
        dashboardName: props.dashboardName,
        dashboardBody: dashboardBody(dashboardRows({ ...props, alarmArns })),
      });
      const { region } = props;
      this.dashboardUrl = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
    }
  }

  private saveQueries(): void {
    const scope = new Construct(this, "query");
    for (const { id, query } of QUERIES) {
      new CloudwatchQueryDefinition(scope, id, {
        name: `${this.props.queryFolder}/${id}`,
        logGroupNames: [this.props.logGroupName],
        queryString: query,
      });
    }
  }

  private countLines(): void {
    const { logGroupName, dimensions } = this.props;
    const scope = new Construct(this, "count");
    for (const { name, pattern } of LOG_METRICS) {
      new CloudwatchLogMetricFilter(scope, kebabCase(name), {
        name,
        logGroupName,
        pattern,
        metricTransformation: {
          name,
          namespace: dimensions.logNamespace,
          value: "1",
          defaultValue: "0",
          unit: "Count",
        },
      });
    }
  }

  /** @returns the alarms' ARNs. */
  private setAlarms(): string[] {
    const { alarmPrefix, topicName, alarmEmails = [], alarmTopicArn, dependsOn } = this.props;
    const topicArn =
      alarmEmails.length === 0
        ? alarmTopicArn
        : new AlarmTopic(this, "topic", { topicName, emails: alarmEmails }).arn;
    const actions = topicArn === undefined ? [] : [topicArn];
    const scope = new Construct(this, "alarm");
    return alarmDefinitions(this.props).map(
      (definition) =>
        new CloudwatchMetricAlarm(scope, definition.id, {
          alarmName: `${alarmPrefix}${definition.id}`,
          ...alarmArguments(definition),
          alarmActions: actions,
          okActions: actions,
          dependsOn: [...dependsOn],
        }).arn,
    );
  }
}

function kebabCase(name: string): string {
  return name.replaceAll(/\B[A-Z]/g, "-$&").toLowerCase();
}
