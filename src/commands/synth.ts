import path from "node:path";
import { loadConfiguration } from "../configuration";
import { STACK_ID } from "../proxy-fleet";
import { stackDirectory, synthesise } from "../synthesis";
import { reportUserErrors } from "../user-error";
import { readArguments } from "./arguments";
import { printWarnings } from "./warnings";

/** Writes the stack's Terraform JSON, as `cdktf synth` does, without its animation and its calls home. */
void reportUserErrors(() => {
  readArguments("synth");
  const root = path.resolve(__dirname, "../..");
  printWarnings(loadConfiguration(root, process.env));
  synthesise(root);
  const file = path.join(stackDirectory(root, STACK_ID), "cdk.tf.json");
  console.log(`${path.relative(root, file)} is written.`);
});
