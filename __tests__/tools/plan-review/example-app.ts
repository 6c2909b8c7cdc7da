import { existsSync, readFileSync } from "node:fs";
import { App } from "cdktf";
import { loadConfiguration } from "../../../src/configuration/configuration";
import { STACK_ID } from "../../../src/fleet/names";
import { ReadableStack } from "../../../src/fleet/stack/readable-stack";
import { RegionGuard } from "../../../src/fleet/stack/region-guard";
import { configureBackend } from "../../../src/fleet/stack/backend";

// The fleet as far as it needs no provider, and whatever overrides.json adds to it.
const { settings, environment } = loadConfiguration(process.cwd(), process.env);
const app = new App();
const stack = new ReadableStack(app, STACK_ID);
configureBackend(stack, environment.state, settings.name);
new RegionGuard(stack, "region", { regions: settings.regions });
if (existsSync("overrides.json")) {
  const overrides = JSON.parse(readFileSync("overrides.json", "utf8")) as Record<string, unknown>;
  for (const [path, value] of Object.entries(overrides)) stack.addOverride(path, value);
}
app.synth();
