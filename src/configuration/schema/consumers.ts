import { region } from "./account";
import { group, list, text } from "./checks";
import { reject } from "./mistakes";
import { consumerName } from "./names";
import { ruleSetName } from "./rule-sets";

/** Each is a line of the index, of which a proxy takes 1 MiB. */
const MOST_CONSUMERS = 1000;

const consumer = group({
  name: consumerName.describe("What the access log calls them; no client's name"),
  endpointId: text(
    /^vpce-([0-9a-f]{8}|[0-9a-f]{17})$/,
    "the id of a VPC endpoint such as vpce-0123456789abcdef0, as its owner's account shows it",
  ).describe("The id of their VPC endpoint, such as `vpce-0123456789abcdef0`"),
  rules: ruleSetName
    .default("default")
    .describe("Their [rule set](rules.md): a folder in `rules/`"),
  region: region.optional().meta({
    description:
      "With explicit acceptance, the fleet's region to whose service the endpoint connects, where the fleet may " +
      "live in several",
    byDefault: "the only one",
  }),
});

export const consumers = list(consumer, "a list of consumers, each with a name and an endpointId")
  .superRefine((all, context) => {
    for (const key of ["name", "endpointId"] as const) {
      all.forEach((entry, index) => {
        if (all.findIndex((other) => other[key] === entry[key]) < index) {
          reject(context, [index, key], entry[key], `one that no other consumer has`);
        }
      });
    }
  })
  .refine((all) => all.length <= MOST_CONSUMERS, { error: `at most ${MOST_CONSUMERS} consumers` })
  .default([])
  .describe(
    "Whose endpoints, in VPCs that the fleet did not make, have which rules; with explicit acceptance, these are " +
      "[accepted](connect-an-account.md#accept-an-endpoint)",
  );
