import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";

export interface AlarmTopicProps {
  readonly topicName: string;
  /** The addresses that are told, once their owners have consented. */
  readonly emails: readonly string[];
}

/**
 * Tells people by email. The topic has no key: CloudWatch cannot use the one that AWS keeps for SNS, and
 * a message says no more than the alarm does.
 * Source: "Why didn't I receive an SNS notification for my CloudWatch alarm trigger?", AWS re:Post.
 */
export class AlarmTopic extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const topic = new SnsTopic(this, SELF, { name: props.topicName });
    this.arn = topic.arn;
    for (const email of props.emails) {
      new SnsTopicSubscription(this, subscriptionId(email), {
        topicArn: topic.arn,
        protocol: "email",
        endpoint: email,
      });
    }
  }
}

/** What Terraform calls an address's subscription: two that differ in punctuation alone are one. */
export function subscriptionId(email: string): string {
  return `to-${email.replaceAll(/[^A-Za-z0-9]+/g, "-")}`;
}
