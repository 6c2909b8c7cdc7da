import path from "node:path";
import { loadRolesConfiguration, rolesProps } from "../tools/github-roles/configuration";
import { githubRoles } from "../tools/github-roles/roles";
import { reportUserErrors, UserError } from "../user-error";
import { readArguments } from "./arguments";

const PROJECT_ROOT = path.resolve(__dirname, "../..");

void reportUserErrors(() => {
  const [accountId = ""] = readArguments("roles:print", "account");
  if (!/^\d{12}$/.test(accountId)) {
    throw new UserError(
      "Whose roles they are is the argument, the twelve digits of the AWS account: " +
        "npm run --silent roles:print -- 123456789012",
    );
  }
  const configuration = loadRolesConfiguration(PROJECT_ROOT, process.env);
  console.log(JSON.stringify(githubRoles(rolesProps(configuration, accountId)), null, 2));
});
