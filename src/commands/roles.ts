import path from "node:path";
import { requireTerraform } from "../state/terraform";
import { runCdktf } from "../tools/cdktf";
import { loadRolesConfiguration } from "../tools/github-roles/configuration";
import { GITHUB_ROLES } from "../tools/github-roles/github-roles";
import { reportUserErrors } from "../user-error";

const PROJECT_ROOT = path.resolve(__dirname, "../..");

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
