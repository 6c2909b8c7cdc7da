import { z } from "zod";

/** The most that the settings may add; AWS takes 50 tags, the fleet's own among them. */
const MAX_TAGS = 40;

/** A text; JSON Schema has patterns without flags, so this one is not in it. */
const unicodeText = (pattern: RegExp, error: string) =>
  z.string({ error }).refine((value) => pattern.test(value), { error });

export const tags = z
  .record(
    unicodeText(
      /^(?!aws:|project$|managedby$|name$)[\p{L}\p{N}+\-=._:/@][\p{L}\p{N} +\-=._:/@]{0,127}$/iu,
      "tag keys of 1 to 128 letters, digits, spaces and + - = . _ : / @, not beginning with a space or " +
        '"aws:", and none of Project, ManagedBy and Name, which the fleet sets itself',
    ),
    unicodeText(
      /^[\p{L}\p{N} +\-=._:/@]{0,256}$/u,
      "a tag value of at most 256 letters, digits, spaces and + - = . _ : / @",
    ),
    { error: "an object of tag keys and values" },
  )
  .refine((all) => Object.keys(all).length <= MAX_TAGS, { error: `at most ${MAX_TAGS} tags` })
  .refine(
    (all) =>
      new Set(Object.keys(all).map((key) => key.toLowerCase())).size === Object.keys(all).length,
    { error: "keys that differ in more than case; IAM takes them for equal" },
  )
  .default({})
  .meta({
    description: `Tags for everything, besides \`Project\`, \`ManagedBy\` and \`Name\`; ${MAX_TAGS} at most`,
    maxProperties: MAX_TAGS,
  });
