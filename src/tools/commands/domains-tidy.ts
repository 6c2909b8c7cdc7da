import { writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "../../common/project-root";
import {
  DOMAIN_LISTS,
  parseDomainList,
  readListFile,
} from "../../configuration/domain-lists/domain-list";
import { tidyDomainList } from "../../configuration/domain-lists/tidy-domain-list";
import { reportUserErrors, UserError } from "../../common/user-error";
import { readArguments } from "./arguments";

/** Removes from the domain lists what they cover already: `npm run domains:tidy`. */
void reportUserErrors(() => {
  readArguments("domains:tidy");
  const mistakes = Object.values(DOMAIN_LISTS).flatMap(tidy);
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"));
});

/** Tidies one list, says what is removed, and returns what nobody but its author can mend. */
function tidy(file: string): string[] {
  const list = readListFile(PROJECT_ROOT, file);
  if ("mistakes" in list) return list.mistakes;
  const { content, removed } = tidyDomainList(list.content);
  for (const { line, text, reason } of removed) {
    console.log(`${file}:${line}: removed ${text}, which ${reason}`);
  }
  if (removed.length === 0) console.log(`${file}: nothing to remove`);
  else write(file, content);
  const parsed = parseDomainList(file, content);
  return "mistakes" in parsed ? parsed.mistakes : [];
}

function write(file: string, content: string): void {
  try {
    writeFileSync(path.join(PROJECT_ROOT, file), content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${file} cannot be written (${code}), and is as it was.`);
  }
}
