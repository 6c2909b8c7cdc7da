import { UserError } from "../../common/user-error";

/**
 * The arguments of an npm script.
 *
 * @param names what it takes, at most.
 * @throws UserError for any beyond that: a region that is typed as one would otherwise be passed over.
 */
export function readArguments(script: string, ...names: string[]): readonly string[] {
  const args = process.argv.slice(2);
  if (args.length <= names.length) return args;
  const takes = names.length === 0 ? "no arguments" : names.map((name) => `<${name}>`).join(" ");
  throw new UserError(
    `npm run ${script} takes ${takes}, and was given ${args.map((arg) => JSON.stringify(arg)).join(" ")}. ` +
      "The region is the environment variable TF_WORKSPACE.",
  );
}
