import { PROJECT_ROOT } from "../../common/project-root";
import { loadRolesConfiguration, rolesProps } from "../github-roles/configuration";
import { githubRoles } from "../github-roles/roles";
import { reportUserErrors, UserError } from "../../common/user-error";
import { readArguments } from "./arguments";

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
