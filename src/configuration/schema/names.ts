import { z } from "zod";
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

export const tags = z
  .record(
    text(
      /^(?!aws:|project$|managedby$|name$)[\p{L}\p{N}+\-=._:/@][\p{L}\p{N} +\-=._:/@]{0,127}$/iu,
      "tag keys of 1 to 128 letters, digits, spaces and + - = . _ : / @, not beginning with a space or " +
        '"aws:", and none of Project, ManagedBy and Name, which the fleet sets itself',
    ),
    text(
      /^[\p{L}\p{N} +\-=._:/@]{0,256}$/u,
      "a tag value of at most 256 letters, digits, spaces and + - = . _ : / @",
    ),
    { error: "an object of tag keys and values" },
  )
  .refine((all) => Object.keys(all).length <= 40, { error: "at most 40 tags" })
  .refine(
    (all) =>
      new Set(Object.keys(all).map((key) => key.toLowerCase())).size === Object.keys(all).length,
    { error: "keys that differ in more than case; IAM takes them for equal" },
  );
