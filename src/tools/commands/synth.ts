import path from "node:path";
import { PROJECT_ROOT } from "../../common/project-root";
import { loadConfiguration } from "../../configuration/configuration";
import { STACK_ID } from "../../fleet/names";
import { stackDirectory, synthesise } from "../terraform/synthesis";
import { reportUserErrors } from "../../common/user-error";
import { readArguments } from "./arguments";
import { printWarnings } from "./warnings";

/** Writes the stack's Terraform JSON, as `cdktf synth` does, without its animation and its calls home. */
void reportUserErrors(() => {
  readArguments("synth");
  printWarnings(loadConfiguration(PROJECT_ROOT, process.env));
  synthesise(PROJECT_ROOT);
  const file = path.join(stackDirectory(PROJECT_ROOT, STACK_ID), "cdk.tf.json");
  console.log(`${path.relative(PROJECT_ROOT, file)} is written.`);
});
