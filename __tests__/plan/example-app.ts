import { existsSync, readFileSync } from "node:fs";
import { App } from "cdktf";
import { loadConfiguration } from "../../src/configuration";
import { STACK_ID } from "../../src/proxy-fleet";
import { ReadableStack } from "../../src/readable-stack";
import { RegionGuard } from "../../src/region/region-guard";
import { configureBackend } from "../../src/state/backend";

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
