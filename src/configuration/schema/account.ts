import { z } from "zod";
import { DEFAULT_REGIONS, nearestRegion, REGION_PATTERN } from "../../common/regions";
import { oneOf, set, text } from "./checks";

export const account = oneOf("learner-lab", "standard")
  .default("learner-lab")
  .describe(
    'The kind of account: `"learner-lab"` uses `LabRole` and `LabInstanceProfile`; `"standard"` creates roles',
  );

/** A region of AWS's commercial partition. */
export const region = z
  .string({ error: "a commercial AWS region such as us-east-1" })
  .regex(REGION_PATTERN, {
    error: ({ input }) =>
      nearestRegion(String(input)) ?? "a commercial AWS region such as us-east-1",
  });

export const regions = set(region, "a list of AWS regions")
  .refine((names) => names.length > 0, { error: "at least one region" })
  .optional()
  .meta({
    description:
      `The regions that the fleet may live in. By default, in a lab: ${code(DEFAULT_REGIONS["learner-lab"])}; ` +
      `in an ordinary account: the ${DEFAULT_REGIONS.standard.length} that AWS enables by default`,
    byDefault: "the account's",
    minItems: 1,
  });

/** A lab is to be destroyed, completely and by whoever is in a hurry; others depend on any other fleet. */
export const DEFAULT_DELETION_PROTECTION = { "learner-lab": "off", standard: "on" } as const;

export const deletionProtection = oneOf("on", "off")
  .optional()
  .meta({
    description:
      '`"on"`: what is hard to replace is [protected from deletion](deployment.md#protection-from-deletion), ' +
      'the default in ordinary accounts; `"off"`: the default in a lab',
    byDefault: "the account's",
  });

export const permissionsBoundary = text(
  /^arn:aws:iam::\d{12}:policy\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/,
  "the ARN of an IAM policy of the account's own, such as arn:aws:iam::123456789012:policy/proxy-boundary",
)
  .optional()
  .describe(
    "In an ordinary account, the ARN of the IAM policy that bounds the fleet's roles. " +
      "Deployments [from GitHub](github-roles.md#the-permissions-boundary) need one",
  );

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
