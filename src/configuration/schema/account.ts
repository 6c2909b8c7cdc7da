import { z } from "zod";
import { nearestRegion, REGION_PATTERN } from "../../common/regions";
import { oneOf, set, text } from "./checks";

export const account = oneOf("learner-lab", "standard");

/** A lab is to be destroyed, completely and by whoever is in a hurry; others depend on any other fleet. */
export const DEFAULT_DELETION_PROTECTION = { "learner-lab": "off", standard: "on" } as const;

const region = z
  .string({ error: "a commercial AWS region such as us-east-1" })
  .regex(REGION_PATTERN, {
    error: ({ input }) =>
      nearestRegion(String(input)) ?? "a commercial AWS region such as us-east-1",
  });

export const regions = set(region, "a list of AWS regions").refine((names) => names.length > 0, {
  error: "at least one region",
});

export const boundaryArn = text(
  /^arn:aws:iam::\d{12}:policy\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/,
  "the ARN of an IAM policy of the account's own, such as arn:aws:iam::123456789012:policy/proxy-boundary",
);
