import path from "node:path";
import { PROJECT_ROOT } from "../../common/project-root";
import { reportUserErrors, UserError } from "../../common/user-error";
import { writeModule } from "../client/module";
import { readArguments } from "./arguments";

/** Writes the Terraform module of a consumer's client: `npm run client:module -- <folder>`. */
void reportUserErrors(() => {
  const [folder = ""] = readArguments("client:module", "folder");
  if (folder === "") {
    throw new UserError("No folder is named. Type: npm run client:module -- <folder>");
  }
  // npm runs scripts in the checkout, wherever it is called.
  const target = path.resolve(process.env["INIT_CWD"] ?? ".", folder);
  const files = writeModule(PROJECT_ROOT, target);
  console.log(`Written to ${target}: ${files.join(", ")}`);
});
