import { PROJECT_ROOT } from "../../common/project-root";
import { requireTerraform } from "../terraform/terraform";
import { runCdktf } from "../terraform/cdktf";
import { loadRolesConfiguration } from "../github-roles/configuration";
import { GITHUB_ROLES } from "../github-roles/github-roles";
import { reportUserErrors } from "../../common/user-error";

// The arguments are a command of cdktf, which the script names, and options of it.
const args = process.argv.slice(2);

void reportUserErrors(() => {
  // Before cdktf, which would frame what the app says.
  loadRolesConfiguration(PROJECT_ROOT, process.env);
  requireTerraform(PROJECT_ROOT);
  process.exitCode = runCdktf(
    { root: PROJECT_ROOT, main: "src/tools/github-roles/main.ts", stackId: GITHUB_ROLES },
    args,
    // The roles are for all regions, and have one state.
    { TF_WORKSPACE: undefined },
  );
});
