import { readFileSync } from "node:fs";
import path from "node:path";
import { evaluate, type Evaluation } from "./evaluate";
import type { TerraformJson } from "./terraform-json";
import { STACK_ID } from "../../fleet/names";
import type { Settings } from "../../configuration/settings";
import { stackDirectory } from "../terraform/synthesis";

/** Holds the stack that has just been synthesised against the rules of the policy gate. */
export function evaluateStack(root: string, { account, policy }: Settings): Evaluation {
  const file = path.join(stackDirectory(root, STACK_ID), "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as TerraformJson;
  return evaluate(stack, { account, waivers: policy.waivers });
}
