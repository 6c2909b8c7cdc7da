import path from "node:path";
import { loadConfiguration } from "../configuration";
import { passes } from "../policy/evaluate";
import { report } from "../policy/report";
import { synthesise } from "../synthesis";
import { reportUserErrors } from "../user-error";
import { readArguments } from "./arguments";
import { evaluateStack } from "./gate";

/** Synthesises the stack and holds it against the rules of the policy gate; exit code 1 if one is broken. */
void reportUserErrors(() => {
  readArguments("policy");
  const root = path.resolve(__dirname, "../..");
  const { settings } = loadConfiguration(root, process.env);
  synthesise(root);
  const evaluation = evaluateStack(root, settings);
  console.log(report(evaluation));
  if (!passes(evaluation)) process.exitCode = 1;
});
