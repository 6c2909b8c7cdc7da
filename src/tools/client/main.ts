import { App } from "cdktf";
import { PROJECT_ROOT } from "../../common/project-root";
import { reportUserErrors } from "../../common/user-error";
import { loadClientConfiguration } from "../../configuration/client-configuration";
import { CLIENT_STACK_ID } from "../../fleet/names";
import { ProxyClient } from "../../proxy-client";

// As in the fleet's main.ts.
process.noDeprecation = true;

void reportUserErrors(() => {
  const { settings, environment } = loadClientConfiguration(PROJECT_ROOT, process.env);
  const app = new App();
  new ProxyClient(app, CLIENT_STACK_ID, { settings, state: environment.state });
  app.synth();
});
