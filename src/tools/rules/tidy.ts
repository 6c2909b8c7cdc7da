import { writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "../../common/project-root";
import { UserError } from "../../common/user-error";
import { readRuleFolder, type RuleFile } from "../../configuration/rules/rule-folder";
import { tidyRuleList } from "../../configuration/rules/tidy-rule-list";
import { readOptions, type Subcommand } from "./subcommand";

/** Removes from the lists and bundles what they cover already. */
export const tidy: Subcommand = {
  usage: "",
  run(args) {
    readOptions("tidy", args, {}, [0, 0]);
    const { sets, bundles, mistakes } = readRuleFolder(PROJECT_ROOT);
    const lists = [...sets.values()].flatMap((set) => Object.values(set));
    const removed = [...lists, ...bundles.values()].map(tidyFile);
    if (!removed.some(Boolean)) console.log("Nothing to remove");
    if (mistakes.length > 0) throw new UserError(mistakes.join("\n"));
  },
};

/** Tidies one file, says what is removed, and whether anything was. */
function tidyFile({ file, content }: RuleFile): boolean {
  const tidied = tidyRuleList(content);
  for (const { line, text, reason } of tidied.removed) {
    console.log(`${file}:${line}: removed ${text}, which ${reason}`);
  }
  if (tidied.removed.length > 0) write(file, tidied.content);
  return tidied.removed.length > 0;
}

function write(file: string, content: string): void {
  try {
    writeFileSync(path.join(PROJECT_ROOT, file), content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${file} cannot be written (${code}), and is as it was.`);
  }
}
