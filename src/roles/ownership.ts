import type { Tag } from "@aws-sdk/client-iam";
import { nameOf } from "../aws-errors";
import { UserError } from "../user-error";

/** Something in IAM that is the project's, if it has the tag. */
export interface Owned {
  /** What it is, for a message: `role proxy-github-plan`. */
  readonly description: string;
  /** Asks IAM for it, which answers with an error where there is none. */
  readonly find: () => Promise<{ readonly Tags?: readonly Tag[] } | undefined>;
}

/** @throws UserError when there is such a thing, and it lacks the tag. */
export async function requireOwn({ description, find }: Owned, { Key, Value }: Tag): Promise<void> {
  const existing = await ifExists(find());
  if (existing === undefined) return;
  if (existing.Tags?.some((tag) => tag.Key === Key && tag.Value === Value)) return;
  throw new UserError(
    `The ${description} exists, and is not this project's: it has no tag ${Key}=${Value}. ` +
      "Delete it, or give it that tag if it may be overwritten.",
  );
}

/** What IAM finds, or nothing where it says that there is no such thing. */
export async function ifExists<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (nameOf(error) === "NoSuchEntityException") return undefined;
    throw error;
  }
}
