import { App } from "cdktf";
import { loadConfiguration } from "../../../src/configuration/configuration";
import { STACK_ID } from "../../../src/fleet/names";
import { ReadableStack } from "../../../src/fleet/stack/readable-stack";
import { RegionGuard } from "../../../src/fleet/stack/region-guard";
import { configureBackend } from "../../../src/fleet/stack/backend";

// The fleet as far as it needs no provider: what a test can deploy without an AWS account.
const { settings, environment } = loadConfiguration(process.cwd(), process.env);
const app = new App();
const stack = new ReadableStack(app, STACK_ID);
configureBackend(stack, environment.state, settings.name);
new RegionGuard(stack, "region", { regions: settings.regions });
app.synth();
