import { subscriptionId } from "../../fleet/monitoring/alarm-topic";
import { group, oneOf, set, text } from "./checks";
import { reject } from "./mistakes";

/** A lab is short of money, and nobody is called for it. */
export const DEFAULT_MONITORING = { "learner-lab": "off", standard: "on" } as const;

const email = text(
  /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/,
  "an email address such as on-call@example.com",
);

export const dashboard = oneOf("on", "off")
  .optional()
  .meta({
    description:
      '`"on"`: a [CloudWatch dashboard](operations.md#the-dashboard) with saved queries, the default in ordinary accounts; ' +
      '`"off"`: the default in a lab, as it [costs](costs.md#watching-it)',
    byDefault: "the account's",
  });

export const alarms = group({
  mode: oneOf("on", "off")
    .optional()
    .meta({
      description:
        '`"on"`: [alarms](operations.md#the-alarms) of CloudWatch, the default in ordinary accounts; ' +
        '`"off"`: the default in a lab, as they [cost](costs.md#watching-it)',
      byDefault: "the account's",
    }),
  email: set(email, "a list of email addresses")
    .refine((emails) => new Set(emails.map(subscriptionId)).size === emails.length, {
      error: "addresses that differ in more than punctuation",
    })
    .prefault([])
    .describe("Who is told. AWS asks each address for its consent once"),
  topicArn: text(
    /^arn:aws:sns:([a-z]{2}-[a-z]+-\d|\{region\}):\d{12}:[\w-]{1,256}$/,
    "the ARN of an SNS topic, such as arn:aws:sns:{region}:123456789012:on-call",
  )
    .optional()
    .describe(
      "Instead of `email`, the ARN of an [SNS topic](operations.md#how-to-be-told) that exists. " +
        "`{region}` stands for the fleet's region",
    ),
})
  .superRefine(({ email, topicArn }, context) => {
    if (topicArn === undefined || email.length === 0) return;
    const allowed = "either email or topicArn: subscribe the addresses to that topic instead";
    reject(context, ["email"], email, allowed);
  })
  .describe("Who is told when something is wrong");
