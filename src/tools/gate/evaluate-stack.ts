import { readFileSync } from "node:fs";
import path from "node:path";
import { evaluate, type Evaluation } from "./evaluate";
import type { TerraformJson } from "./terraform-json";
import type { Account } from "../../common/regions";
import { CLIENT_STACK_ID, STACK_ID } from "../../fleet/names";
import type { Settings } from "../../configuration/settings";
import { stackDirectory } from "../terraform/synthesis";

/** Holds the stack that has just been synthesised against the rules of the policy gate. */
export function evaluateStack(root: string, { account, policy }: Settings): Evaluation {
  return evaluate(readStack(root, STACK_ID), { account, waivers: policy.waivers });
}

/** The same of a consumer's, whose settings waive nothing. */
export function evaluateClientStack(root: string, account: Account): Evaluation {
  return evaluate(readStack(root, CLIENT_STACK_ID), { account, waivers: [] });
}

function readStack(root: string, stackId: string): TerraformJson {
  const file = path.join(stackDirectory(root, stackId), "cdk.tf.json");
  return JSON.parse(readFileSync(file, "utf8")) as TerraformJson;
}
