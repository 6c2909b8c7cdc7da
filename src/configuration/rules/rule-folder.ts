import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { nearestTo } from "../../common/nearest";
import { SET_NAME, SET_NAME_ALLOWED } from "./rule-spelling";

/** The folder of all rules, in the checkout. */
export const RULES_FOLDER = "rules";

/** The set of whoever has none of its own. */
export const DEFAULT_SET = "default";

/** What the fleet's own clients always reach: `Rules.always`. */
export const ALWAYS_BUNDLE = "session-manager";

/** The two lists of a set. */
export type List = "allowed" | "denied";
const LISTS: readonly List[] = ["allowed", "denied"];

const BUNDLES = "bundles";

/** A list of a set, as a path in the checkout. */
export const listFile = (set: string, list: List) => `${RULES_FOLDER}/${set}/${list}-domains.txt`;

/** A bundle, as a path in the checkout. */
export const bundleFile = (bundle: string) => `${RULES_FOLDER}/${BUNDLES}/${bundle}.txt`;

/** A file with rules, as it is written. */
export interface RuleFile {
  /** As a path in the checkout. */
  readonly file: string;
  readonly content: string;
}

/** What is in the folder, before anybody has looked at a line of it. */
export interface RuleFolder {
  /** The sets by their names, with the lists that can be read. */
  readonly sets: ReadonlyMap<string, Readonly<Partial<Record<List, RuleFile>>>>;
  /** The bundles by their names. */
  readonly bundles: ReadonlyMap<string, RuleFile>;
  /** Files that are missing, in the way or cannot be read, a line each. */
  readonly mistakes: readonly string[];
}

/** @param directory the checkout. */
export function readRuleFolder(directory: string): RuleFolder {
  const mistakes: string[] = [];
  const read = (file: string, remedy: string): RuleFile | undefined => {
    try {
      return { file, content: readFileSync(path.join(directory, file), "utf8") };
    } catch (error) {
      mistakes.push(`${file}: cannot be read (${codeOf(error)}). ${remedy}`);
      return undefined;
    }
  };
  /** The names in a folder, but for what hides: `.DS_Store`, `.gitkeep`. */
  const names = (folder: string, remedy: string): string[] => {
    try {
      return readdirSync(path.join(directory, folder))
        .filter((name) => !name.startsWith("."))
        .sort();
    } catch (error) {
      mistakes.push(`${folder}: cannot be read (${codeOf(error)}). ${remedy}`);
      return [];
    }
  };
  const isFolder = (file: string) =>
    statSync(path.join(directory, file), { throwIfNoEntry: false })?.isDirectory() === true;

  const sets = new Map<string, Partial<Record<List, RuleFile>>>();
  const bundles = new Map<string, RuleFile>();
  const known = names(RULES_FOLDER, "It has a folder for each rule set, and one called bundles.");
  for (const name of known) {
    const folder = `${RULES_FOLDER}/${name}`;
    if (!isFolder(folder)) {
      mistakes.push(
        `${folder}: is in no rule set. A list belongs into the folder of one, such as ${RULES_FOLDER}/${DEFAULT_SET}.`,
      );
    } else if (name === BUNDLES) {
      for (const file of names(folder, "")) {
        const bundle = file.replace(/\.txt$/, "");
        if (bundle === file || !SET_NAME.test(bundle)) {
          mistakes.push(
            `${folder}/${file}: is no bundle. They are called <name>.txt, the name by ${SET_NAME_ALLOWED}.`,
          );
          continue;
        }
        const content = read(bundleFile(bundle), "Remove it, or make it readable.");
        if (content !== undefined) bundles.set(bundle, content);
      }
    } else if (!SET_NAME.test(name)) {
      mistakes.push(`${folder}: is no name of a rule set. Allowed: ${SET_NAME_ALLOWED}.`);
    } else {
      const expected = LISTS.map((list) => path.basename(listFile(name, list)));
      for (const file of names(folder, "").filter((file) => !expected.includes(file))) {
        const nearest = nearestTo(file, expected);
        const meant = nearest === undefined ? "Remove it." : `Is it ${nearest}?`;
        mistakes.push(
          `${folder}/${file}: is read by nobody. A rule set has ${expected.join(" and ")}. ${meant}`,
        );
      }
      const lists = LISTS.flatMap((list) => {
        const content = read(listFile(name, list), "Put it there; an empty file lists nothing.");
        return content === undefined ? [] : [[list, content] as const];
      });
      sets.set(name, Object.fromEntries(lists));
    }
  }
  if (known.length > 0 && !sets.has(DEFAULT_SET)) {
    mistakes.push(
      `${RULES_FOLDER}/${DEFAULT_SET}: is missing. It is the rule set of whoever has none of its own.`,
    );
  }
  return { sets, bundles, mistakes };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
