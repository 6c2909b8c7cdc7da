import { writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "../../common/project-root";
import { reportUserErrors } from "../../common/user-error";
import { settingsDocuments } from "../../configuration/documents/settings-documents";
import { readArguments } from "./arguments";

/** Writes what docs/ has of the settings' schema: `npm run docs:settings`. */
void reportUserErrors(() => {
  readArguments("docs:settings");
  for (const { file, content } of settingsDocuments(PROJECT_ROOT)) {
    writeFileSync(path.join(PROJECT_ROOT, file), content);
    console.log(file);
  }
});
