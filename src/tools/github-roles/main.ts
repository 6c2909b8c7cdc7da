import { App } from "cdktf";
import { PROJECT_ROOT } from "../../common/project-root";
import { reportUserErrors } from "../../common/user-error";
import { loadRolesConfiguration } from "./configuration";
import { GITHUB_ROLES, GithubRoles } from "./github-roles";

// As in the fleet's main.ts.
process.noDeprecation = true;

void reportUserErrors(() => {
  const configuration = loadRolesConfiguration(PROJECT_ROOT, process.env);
  const app = new App();
  new GithubRoles(app, GITHUB_ROLES, configuration);
  app.synth();
});
