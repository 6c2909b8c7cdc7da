import { z } from "zod";
import { SET_NAME, SET_NAME_ALLOWED } from "../rules/rule-spelling";
import { group, oneOf, text } from "./checks";

/** The name of a folder in rules/; that of the bundles is none of a set. */
export const ruleSetName = text(
  new RegExp(SET_NAME.source.replace("^", "^(?!bundles$)")),
  `the name of a folder in rules/: ${SET_NAME_ALLOWED}, and not "bundles"`,
);

export const domainFilter = oneOf("enforce", "report");

export const ruleSets = z
  .record(ruleSetName, group({ domainFilter }), {
    error: 'an object such as {"office": {"domainFilter": "report"}}',
  })
  .default({})
  .describe(
    'For a rule set by its name, what differs from `proxy.domainFilter`: `{"office": {"domainFilter": "report"}}`',
  );

export const unknownClients = oneOf("default", "deny")
  .default("default")
  .describe(
    'What holds for an endpoint that neither `clients` nor `consumers` name: `"default"`, the rule set of that name, ' +
      'or `"deny"`: everything is refused',
  );
