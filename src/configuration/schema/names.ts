import { text } from "./checks";

/** The longest `name` that still leaves room for `-nlb` in AWS's 32 characters for a load balancer. */
const MAX_NAME_LENGTH = 28;

/** What the names of AWS resources may begin with. */
export const resourceName = text(
  new RegExp(
    `^(?!sg(-|$))(?!internal(-|$))(?=.{1,${MAX_NAME_LENGTH}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`,
  ),
  `lower-case letters, digits and single hyphens, a letter first, ${MAX_NAME_LENGTH} characters at most, ` +
    'not beginning with "sg-" or "internal-" (AWS refuses load balancers and security groups so named)',
);

export const name = resourceName
  .default("proxy")
  .describe(
    `Begins the names of all parts: lower-case letters, digits and hyphens, ${MAX_NAME_LENGTH} characters at most. ` +
      "Another name is another fleet, with a state of its own: destroy this one first",
  );
