import { App } from "cdktf";
import { loadConfiguration } from "./src/configuration/configuration";
import { STACK_ID } from "./src/fleet/names";
import { ProxyFleet } from "./src/proxy-fleet";
import { reportUserErrors } from "./src/common/user-error";

// cdktf calls util.isArray, of which Node 23 and later warn, and its last version is out.
process.noDeprecation = true;

void reportUserErrors(() => {
  // Before the App, which creates the output folder: a mistake leaves cdktf.out untouched.
  const { settings, rules, environment } = loadConfiguration(__dirname, process.env);
  const app = new App();
  new ProxyFleet(app, STACK_ID, { settings, rules, state: environment.state });
  app.synth();
});
