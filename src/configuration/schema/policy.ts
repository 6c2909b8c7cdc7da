import { z } from "zod";
import { nearestTo } from "../../common/nearest";
import { alternatives } from "../../common/user-error";
import { RULE_NAMES } from "../gate-rule-names";
import { group, list, text } from "./checks";
import { reject } from "./mistakes";

/** In characters; a shorter text tells a later reader nothing. */
const MIN_REASON_LENGTH = 10;

const waiver = group({
  rule: z
    .enum(RULE_NAMES, {
      error: ({ input }) => {
        const nearest = typeof input === "string" ? nearestTo(input, RULE_NAMES) : undefined;
        return nearest ? `"${nearest}", which is the nearest rule` : alternatives(RULE_NAMES);
      },
    })
    .describe("The rule of the gate"),
  resource: text(
    /^(data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*$/,
    "a Terraform address such as aws_lb.nlb, as npm run policy prints it",
  ).describe("The Terraform address of what violates it, such as `aws_lb.nlb`"),
  message: text(/\S/, "what npm run policy says of the resource, word for word").describe(
    "What `npm run policy` says of the resource, word for word",
  ),
  reason: z
    .string({ error: "text" })
    .refine((reason) => reason.trim().length >= MIN_REASON_LENGTH, {
      error: `a reason of at least ${MIN_REASON_LENGTH} characters, for whoever reads the waiver later`,
    })
    .meta({
      description: `Why, for whoever reads it later, in ${MIN_REASON_LENGTH} characters at least`,
      minLength: MIN_REASON_LENGTH,
    }),
});

export const policy = group({
  waivers: list(waiver, "a list of waivers, each with a rule, a resource, a message and a reason")
    .default([])
    .describe("Violations of the [policy gate](gate.md) that are on purpose"),
})
  .superRefine(({ waivers }, context) => {
    waivers.forEach(({ rule, resource, message }, index) => {
      const isSame = (other: (typeof waivers)[number]) =>
        other.rule === rule && other.resource === resource && other.message === message;
      if (waivers.findIndex(isSame) < index) {
        reject(
          context,
          ["waivers", index],
          { rule, resource, message },
          "one waiver for a violation",
        );
      }
    });
  })
  .describe("The policy gate, which checks what is synthesised");
