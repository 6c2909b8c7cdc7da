import { PROJECT_ROOT } from "../../common/project-root";
import { loadConfiguration } from "../../configuration/configuration";
import { passes } from "../gate/evaluate";
import { report } from "../gate/evaluation-report";
import { synthesise } from "../terraform/synthesis";
import { reportUserErrors } from "../../common/user-error";
import { readArguments } from "./arguments";
import { evaluateStack } from "../gate/evaluate-stack";

/** Synthesises the stack and holds it against the rules of the policy gate; exit code 1 if one is broken. */
void reportUserErrors(() => {
  readArguments("policy");
  const { settings } = loadConfiguration(PROJECT_ROOT, process.env);
  synthesise(PROJECT_ROOT);
  const evaluation = evaluateStack(PROJECT_ROOT, settings);
  console.log(report(evaluation));
  if (!passes(evaluation)) process.exitCode = 1;
});
