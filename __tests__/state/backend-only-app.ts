import { App } from "cdktf";
import { loadConfiguration } from "../../src/configuration";
import { STACK_ID } from "../../src/proxy-fleet";
import { ReadableStack } from "../../src/readable-stack";
import { RegionGuard } from "../../src/region/region-guard";
import { configureBackend } from "../../src/state/backend";

// The fleet as far as it needs no provider: what a test can deploy without an AWS account.
const { settings, environment } = loadConfiguration(process.cwd(), process.env);
const app = new App();
const stack = new ReadableStack(app, STACK_ID);
configureBackend(stack, environment.state, settings.name);
new RegionGuard(stack, "region", { regions: settings.regions });
app.synth();
