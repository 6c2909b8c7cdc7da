import path from "node:path";
import { App } from "cdktf";
import { reportUserErrors } from "../../user-error";
import { loadRolesConfiguration } from "./configuration";
import { GITHUB_ROLES, GithubRoles } from "./github-roles";

const PROJECT_ROOT = path.resolve(__dirname, "../../..");

// As in the fleet's main.ts.
process.noDeprecation = true;

void reportUserErrors(() => {
  const configuration = loadRolesConfiguration(PROJECT_ROOT, process.env);
  const app = new App();
  new GithubRoles(app, GITHUB_ROLES, configuration);
  app.synth();
});
