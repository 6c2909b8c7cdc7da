import type { Rule } from "../rule";
import { violations } from "../rule";
import { isBlock, resources, type Element } from "../terraform-json";

/** What AWS takes for one argument. */
interface Limit {
  readonly argument: string;
  /** In characters. */
  readonly longest: number;
  readonly pattern: RegExp;
}

/** As long as the longest of AWS's region names; the workspace is the region. */
const LONGEST_REGION = "ap-northeast-1";

const IAM_NAME = /^[\w+=,.@-]+$/;
const ECS_NAME = /^[\w-]+$/;
const LOAD_BALANCER_NAME = /^(?!internal-)(?!-)[A-Za-z0-9-]+(?<!-)$/;
/** What Terraform adds to a prefix are letters and digits. */
const BUCKET_NAME = /^(?!xn--|sthree-)[a-z0-9][a-z0-9.-]+$/;
const RESOLVER_NAME: Limit = { argument: "name", longest: 64, pattern: /^(?!\d+$)[\w '-]+$/ };
const GROUP_TEXT = /^[\w .:/()#,@[\]+=&;{}!$*-]*$/;

const groupRule: Limit = { argument: "description", longest: 255, pattern: GROUP_TEXT };

/**
 * The limits by resource type. Sources: the API references of Elastic Load Balancing
 * (CreateLoadBalancer, CreateTargetGroup), EC2 (CreateSecurityGroup, IpRange), ECR
 * (CreateRepository), ECS (CreateCluster, CreateService, RegisterTaskDefinition), IAM (CreateRole,
 * CreateInstanceProfile, PutRolePolicy), CloudWatch (PutDashboard, PutMetricAlarm), CloudWatch Logs
 * (CreateLogGroup, PutMetricFilter, PutQueryDefinition), Route 53 Resolver (CreateFirewallRuleGroup), SNS (CreateTopic) and Application Auto
 * Scaling (PutScalingPolicy); "General purpose bucket naming rules" in the Amazon S3 user guide, of
 * which the AWS provider takes 26 characters for itself behind a prefix.
 */
const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  aws_appautoscaling_policy: [{ argument: "name", longest: 256, pattern: /^\P{C}+$/u }],
  aws_cloudwatch_dashboard: [{ argument: "dashboard_name", longest: 255, pattern: /^[\w-]+$/ }],
  aws_cloudwatch_log_group: [{ argument: "name", longest: 512, pattern: /^[.\-_/#A-Za-z0-9]+$/ }],
  aws_cloudwatch_log_metric_filter: [
    { argument: "name", longest: 512, pattern: /^[^:*]+$/ },
    { argument: "pattern", longest: 1024, pattern: /^[^]*$/ },
  ],
  aws_cloudwatch_metric_alarm: [
    { argument: "alarm_name", longest: 255, pattern: /^[ -~]+$/ },
    { argument: "alarm_description", longest: 1024, pattern: /^[^]*$/ },
  ],
  aws_cloudwatch_query_definition: [{ argument: "name", longest: 255, pattern: /^\P{C}+$/u }],
  aws_ecr_repository: [
    {
      argument: "name",
      longest: 256,
      pattern: /^(?=..)[a-z0-9]+([._-][a-z0-9]+|__[a-z0-9]+|\/[a-z0-9]+)*$/,
    },
  ],
  aws_ecs_cluster: [{ argument: "name", longest: 255, pattern: ECS_NAME }],
  aws_ecs_service: [{ argument: "name", longest: 255, pattern: ECS_NAME }],
  aws_ecs_task_definition: [{ argument: "family", longest: 255, pattern: ECS_NAME }],
  aws_iam_instance_profile: [{ argument: "name", longest: 128, pattern: IAM_NAME }],
  aws_iam_role: [{ argument: "name", longest: 64, pattern: IAM_NAME }],
  aws_iam_role_policy: [{ argument: "name", longest: 128, pattern: IAM_NAME }],
  aws_lb: [{ argument: "name", longest: 32, pattern: LOAD_BALANCER_NAME }],
  aws_lb_target_group: [{ argument: "name", longest: 32, pattern: LOAD_BALANCER_NAME }],
  aws_route53_resolver_firewall_domain_list: [RESOLVER_NAME],
  aws_route53_resolver_firewall_rule: [RESOLVER_NAME],
  aws_route53_resolver_firewall_rule_group: [RESOLVER_NAME],
  aws_route53_resolver_firewall_rule_group_association: [RESOLVER_NAME],
  aws_s3_bucket: [
    { argument: "bucket", longest: 63, pattern: BUCKET_NAME },
    { argument: "bucket_prefix", longest: 37, pattern: BUCKET_NAME },
  ],
  aws_s3_object: [{ argument: "key", longest: 1024, pattern: /^[^\p{C}]+$/u }],
  aws_security_group: [
    { argument: "name", longest: 255, pattern: /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]+$/ },
    { argument: "description", longest: 255, pattern: GROUP_TEXT },
  ],
  aws_sns_topic: [{ argument: "name", longest: 256, pattern: /^[\w-]+$/ }],
  aws_vpc_security_group_egress_rule: [groupRule],
  aws_vpc_security_group_ingress_rule: [groupRule],
};

/** Source: "Tag naming limits and requirements", Tagging AWS resources. */
const TAG_LIMITS = { key: 128, value: 256 };

/** AWS takes every name; it would say no only in the middle of a deployment. */
export const nameLimits: Rule = {
  name: "name-limits",
  reason:
    "AWS refuses a name that is too long or has other characters only once the deployment is under way. Choose a " +
    "shorter `name` in the settings.",
  violatedBy: {
    resource: { aws_lb: { open: { name: "a-load-balancer-with-far-too-long-a-name" } } },
  },
  check: (stack) =>
    resources(stack).flatMap((element) =>
      violations(element, [...names(element), ...tags(element)]),
    ),
};

function names({ type, block }: Element): string[] {
  return (LIMITS[type] ?? []).flatMap(({ argument, longest, pattern }) => {
    const name = literal(block[argument]);
    if (name === "") return [];
    const shown = `${argument} is ${JSON.stringify(name)}`;
    return [
      ...(name.length > longest
        ? [`${shown}, ${name.length} characters long; AWS takes ${longest}`]
        : []),
      ...(pattern.test(name) ? [] : [`${shown}, which has a form that AWS refuses`]),
    ];
  });
}

function tags({ block }: Element): string[] {
  if (!isBlock(block["tags"])) return [];
  return Object.entries(block["tags"]).flatMap(([key, value]) => [
    ...(literal(key).length > TAG_LIMITS.key
      ? [`the tag key ${key} is longer than ${TAG_LIMITS.key} characters`]
      : []),
    ...(literal(value).length > TAG_LIMITS.value
      ? [`the tag ${key} is longer than ${TAG_LIMITS.value} characters`]
      : []),
  ]);
}

/** The text as far as it is known: the workspace as the longest region, no other expression. */
function literal(value: unknown): string {
  if (typeof value !== "string") return "";
  return value.replaceAll("${terraform.workspace}", LONGEST_REGION).replaceAll(/\$\{[^}]*\}/g, "");
}
