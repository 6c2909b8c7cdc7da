import type { Rule } from "../rule";
import { violations } from "../rule";
import { nestedBlocks, resources } from "../terraform-json";

/** An instance's metadata, which hold its role's credentials, take a session token. */
export const imdsv2: Rule = {
  name: "imdsv2",
  reason:
    "With version 1 of the instance metadata service, one forged request from an instance gives away its role's " +
    'credentials. Set http_tokens to "required" in metadata_options.',
  violatedBy: {
    resource: { aws_instance: { open: { metadata_options: { http_tokens: "optional" } } } },
  },
  check: (stack) =>
    resources(stack, "aws_instance").flatMap((instance) => {
      const options = nestedBlocks(instance.block, "metadata_options");
      const isSafe = options.some(
        ({ http_tokens, http_endpoint }) =>
          http_tokens === "required" || http_endpoint === "disabled",
      );
      if (isSafe) return [];
      const tokens = options[0]?.["http_tokens"];
      return violations(instance, [
        `http_tokens is ${tokens === undefined ? "not set" : JSON.stringify(tokens)}`,
      ]);
    }),
};
