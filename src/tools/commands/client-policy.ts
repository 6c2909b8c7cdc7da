import { PROJECT_ROOT } from "../../common/project-root";
import { reportUserErrors } from "../../common/user-error";
import { loadClientConfiguration } from "../../configuration/client-configuration";
import { CLIENT_APP } from "../client/app";
import { passes } from "../gate/evaluate";
import { evaluateClientStack } from "../gate/evaluate-stack";
import { report } from "../gate/evaluation-report";
import { synthesiseBeside } from "../terraform/synthesis";
import { readArguments } from "./arguments";

/** Does with a consumer's stack what npm run policy does with the fleet's. */
void reportUserErrors(() => {
  readArguments("client:policy");
  const { settings } = loadClientConfiguration(PROJECT_ROOT, process.env);
  synthesiseBeside(CLIENT_APP);
  const evaluation = evaluateClientStack(PROJECT_ROOT, settings.account);
  console.log(report(evaluation));
  if (!passes(evaluation)) process.exitCode = 1;
});
