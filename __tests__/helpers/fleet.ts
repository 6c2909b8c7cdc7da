import { Testing } from "cdktf";
import { ProxyFleet, STACK_ID } from "../../src/proxy-fleet";
import { parseSettings } from "../../src/settings";
import type { StateSettings } from "../../src/state/backend";
import { synth, type TerraformJson } from "./synth";

/** Synthesises the whole fleet from settings as a user writes them. */
export function synthFleet(
  settings: unknown = {},
  state: StateSettings = { kind: "local" },
): TerraformJson {
  const parsed = parseSettings(settings);
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return synth(new ProxyFleet(Testing.app(), STACK_ID, { settings: parsed.settings, state }));
}
