import { reportUserErrors, UserError } from "../../common/user-error";
import { check } from "../rules/check";
import { explain } from "../rules/explain";
import { learn } from "../rules/learn";
import { preview } from "../rules/preview";
import { status } from "../rules/status";
import type { Subcommand } from "../rules/subcommand";
import { tidy } from "../rules/tidy";
import { write } from "../rules/write";

// The SDK is pinned; its notice that later versions need a later Node is no news to the user.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  ...{ check, tidy, write },
  ...{ explain, preview, learn, status },
};

/** Works with the rules, `npm run rules -- <command>`: each command is a file in src/tools/rules. */
void reportUserErrors(async () => {
  const [name = "", ...args] = process.argv.slice(2);
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined) {
    const given = name === "" ? "No command is named" : `${JSON.stringify(name)} is no command`;
    const known = Object.entries(SUBCOMMANDS).map(([name, { usage }]) =>
      `  npm run rules -- ${name} ${usage}`.trimEnd(),
    );
    throw new UserError([`${given}. There are:`, ...known].join("\n"));
  }
  await subcommand.run(args);
});
