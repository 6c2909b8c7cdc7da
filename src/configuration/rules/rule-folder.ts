import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
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
  const checkout = new Checkout(directory);
  checkout.refuseFormerLists();
  const names = checkout.list(
    RULES_FOLDER,
    "It has a folder for each rule set, and one called bundles.",
  );
  const sets = names
    .filter((name) => name !== BUNDLES && checkout.isSet(name))
    .map((name) => [name, readSet(checkout, name)] as const);
  const bundles = names.includes(BUNDLES) ? readBundles(checkout) : [];
  if (names.length > 0 && !names.includes(DEFAULT_SET)) {
    const meaning = "It is the rule set of whoever has none of its own";
    checkout.mistakes.push(`${RULES_FOLDER}/${DEFAULT_SET}: is missing. ${meaning}.`);
  }
  return { sets: new Map(sets), bundles: new Map(bundles), mistakes: checkout.mistakes };
}

function readSet(checkout: Checkout, name: string): Partial<Record<List, RuleFile>> {
  const folder = `${RULES_FOLDER}/${name}`;
  const expected = LISTS.map((list) => path.basename(listFile(name, list)));
  const files = checkout.list(folder);
  for (const file of files.filter((file) => !expected.includes(file))) {
    const nearest = nearestTo(file, expected);
    const isMisnamed = nearest !== undefined && !files.includes(nearest);
    checkout.mistakes.push(
      `${folder}/${file}: is read by nobody. A rule set has ${expected.join(" and ")}. ` +
        (isMisnamed ? `Is it ${nearest}?` : `Remove it, or move it out of ${RULES_FOLDER}.`),
    );
  }
  const lists = LISTS.map((list) => {
    const remedy = "Put it there; an empty file lists nothing.";
    return [list, checkout.read(listFile(name, list), remedy)] as const;
  });
  return Object.fromEntries(lists.filter(([, file]) => file !== undefined));
}

function readBundles(checkout: Checkout): (readonly [string, RuleFile])[] {
  const folder = `${RULES_FOLDER}/${BUNDLES}`;
  return checkout.list(folder).flatMap((file) => {
    const name = path.basename(file, ".txt");
    if (file === name || !SET_NAME.test(name)) {
      checkout.mistakes.push(
        `${folder}/${file}: is no bundle. They are called <name>.txt, the name by ${SET_NAME_ALLOWED}.`,
      );
      return [];
    }
    const content = checkout.read(bundleFile(name), "Remove it, or make it readable.");
    return content === undefined ? [] : [[name, content] as const];
  });
}

/** The checkout, and what is wrong in it. */
class Checkout {
  public readonly mistakes: string[] = [];

  constructor(private readonly directory: string) {}

  read(file: string, remedy: string): RuleFile | undefined {
    return this.attempt(file, remedy, (place) => ({ file, content: readFileSync(place, "utf8") }));
  }

  /** The names in a folder, but for what hides: `.DS_Store`, `.gitkeep`. */
  list(folder: string, remedy = "Make it readable."): string[] {
    const names = this.attempt(folder, remedy, (place) => readdirSync(place)) ?? [];
    return names.filter((name) => !name.startsWith(".")).sort();
  }

  /** Whether something in the folder of the rules is a set; what is neither that nor the bundles is a mistake. */
  isSet(name: string): boolean {
    const file = `${RULES_FOLDER}/${name}`;
    const isFolder = this.isFolder(file);
    if (isFolder === undefined) return false;
    const problem = !isFolder
      ? `is in no rule set. A list belongs into the folder of one, such as ${RULES_FOLDER}/${DEFAULT_SET}.`
      : !SET_NAME.test(name)
        ? `is no name of a rule set. Allowed: ${SET_NAME_ALLOWED}.`
        : undefined;
    if (problem !== undefined) this.mistakes.push(`${file}: ${problem}`);
    return problem === undefined;
  }

  /** Lists where they were while they were part of the image: whoever has them there takes them for rules. */
  refuseFormerLists(): void {
    for (const list of LISTS) {
      const former = `squid/${list}-domains.txt`;
      if (!existsSync(path.join(this.directory, former))) continue;
      const place = listFile(DEFAULT_SET, list);
      this.mistakes.push(`${former}: is read by nobody. Move it: git mv -f ${former} ${place}`);
    }
  }

  /** Nothing where that cannot be told, which is a mistake. */
  private isFolder(file: string): boolean | undefined {
    return this.attempt(file, "Remove it, or make it readable.", (place) => {
      const status = statSync(place, { throwIfNoEntry: false });
      return status?.isDirectory() === true;
    });
  }

  private attempt<Result>(
    file: string,
    remedy: string,
    read: (place: string) => Result,
  ): Result | undefined {
    try {
      return read(path.join(this.directory, file));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.mistakes.push(`${file}: cannot be read (${code}). ${remedy}`);
      return undefined;
    }
  }
}
