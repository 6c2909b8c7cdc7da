import type { Rule } from "../rule";
import { violations } from "../rule";
import { nestedBlocks, resources } from "../terraform-json";

const TYPES = [
  "aws_instance",
  "aws_launch_configuration",
  "aws_launch_template",
  "aws_spot_instance_request",
];

/** An instance's metadata, which hold its role's credentials, take a session token. */
export const imdsv2: Rule = {
  name: "imdsv2",
  reason:
    "With version 1 of the instance metadata service, one forged request from an instance gives away its role's " +
    'credentials. Set http_tokens to "required" in metadata_options.',
  violatedBy: {
    resource: { aws_instance: { open: { metadata_options: { http_tokens: "optional" } } } },
  },
  check: (stack) => [
    ...resources(stack, ...TYPES).flatMap((element) => {
      const options = nestedBlocks(element.block, "metadata_options");
      const isSafe = options.some(
        ({ http_tokens, http_endpoint }) =>
          http_tokens === "required" || http_endpoint === "disabled",
      );
      return isSafe ? [] : violations(element, [describe(options[0]?.["http_tokens"])]);
    }),
    ...resources(stack, "aws_ec2_instance_metadata_defaults").flatMap((element) =>
      element.block["http_tokens"] === "required"
        ? []
        : violations(element, [describe(element.block["http_tokens"])]),
    ),
  ],
};

function describe(tokens: unknown): string {
  return `http_tokens is ${tokens === undefined ? "not set" : JSON.stringify(tokens)}`;
}
