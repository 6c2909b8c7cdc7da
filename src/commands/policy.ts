import { readFileSync } from "node:fs";
import path from "node:path";
import { loadConfiguration } from "../configuration";
import { evaluate, passes } from "../policy/evaluate";
import { report } from "../policy/report";
import type { TerraformJson } from "../policy/terraform-json";
import { STACK_ID } from "../proxy-fleet";
import { stackDirectory, synthesise } from "../synthesis";
import { reportUserErrors } from "../user-error";

/** Synthesises the stack and holds it against the rules of the policy gate; exit code 1 if one is broken. */
void reportUserErrors(() => {
  const root = path.resolve(__dirname, "../..");
  const { settings } = loadConfiguration(root, process.env);
  synthesise(root);
  const evaluation = evaluate(readStack(root), {
    account: settings.account,
    waivers: settings.policy.waivers,
  });
  console.log(report(evaluation));
  if (!passes(evaluation)) process.exitCode = 1;
});

function readStack(root: string): TerraformJson {
  const file = path.join(stackDirectory(root, STACK_ID), "cdk.tf.json");
  return JSON.parse(readFileSync(file, "utf8")) as TerraformJson;
}
