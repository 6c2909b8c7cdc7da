import { networkOf, networkText, parseNetwork } from "../../common/addresses";
import type { Rule } from "../../fleet/rules/rule-set";
import { quoted } from "./characters";
import { labels, misspelling, ruleOf, withoutComment } from "./rule-spelling";

/** What a file has that was read as UTF-8 and is not: NUL is from UTF-16, U+FFFD from any other encoding. */
const NOT_UTF8 = /[\0\uFFFD]/;

/** A line that lists something, without blanks and comment. */
export interface Entry {
  /** The line's number, from 1. */
  readonly line: number;
  readonly text: string;
}

interface ReadEntry extends Entry {
  /** The rule as it is stored; nothing where the text is none. */
  readonly rule: string | undefined;
}

/** An entry that other lines make superfluous, and how. */
export interface Superfluous extends Entry {
  /** For example `is part of ".example.com" in line 2`. */
  readonly reason: string;
}

/** What a list holds: its rules as `Rule.text` has them, bundles with their mark, and all mistakes. */
export interface ParsedRuleList {
  readonly rules: readonly Pick<Rule, "line" | "text">[];
  /** A line each, with file and line. */
  readonly mistakes: readonly string[];
}

/**
 * Parses a list of rules, one a line, as docs/rules.md has them. Blank lines and comments, a `#` and the
 * rest of the line, are skipped.
 *
 * @param file what the messages call the list.
 * @param privateCidrs the private networks that are open, so that addresses in them may be listed.
 */
export function parseRuleList(
  file: string,
  content: string,
  privateCidrs: readonly string[] = [],
): ParsedRuleList {
  const strange = content.search(NOT_UTF8);
  if (strange !== -1) {
    const line = content.slice(0, strange).split("\n").length;
    return {
      rules: [],
      mistakes: [`${file}:${line}: the file is not UTF-8. Save it as UTF-8.`],
    };
  }
  const entries = entriesOf(content).map((entry) => ({ ...entry, rule: ruleOf(entry.text) }));
  const superfluous = new Map(
    superfluousRules(entries).map(({ line, reason }) => [
      line,
      `${reason}. Remove it: npm run rules -- tidy`,
    ]),
  );
  return {
    rules: entries.flatMap(({ line, rule }) => (rule === undefined ? [] : [{ line, text: rule }])),
    mistakes: entries.flatMap(({ line, text }) => {
      const problem = misspelling(text, privateCidrs) ?? superfluous.get(line);
      return problem === undefined ? [] : [`${file}:${line}: ${quoted(text)} ${problem}`];
    }),
  };
}

/** Whether a text is what its file has, which some editors save in another encoding. */
export function isUtf8(content: string): boolean {
  return !NOT_UTF8.test(content);
}

/** The lines of a list that list something, right or wrong. */
export function entriesOf(content: string): Entry[] {
  return content
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((text, index) => ({ line: index + 1, text: withoutComment(text) }))
    .filter(({ text }) => text !== "");
}

/** The rules that are listed twice, or that another one includes. */
export function superfluousEntries(all: readonly Entry[]): Superfluous[] {
  return superfluousRules(all.map((entry) => ({ ...entry, rule: ruleOf(entry.text) })));
}

function superfluousRules(all: readonly ReadEntry[]): Superfluous[] {
  const entries = all.filter(
    (entry): entry is ReadEntry & { rule: string } => entry.rule !== undefined,
  );
  const lines = new Map<string, number>();
  for (const { line, rule } of entries) if (!lines.has(rule)) lines.set(rule, line);
  const prefixes = new Set([...lines.keys()].map((rule) => Number(rule.split("/")[1])));
  return entries.flatMap(({ line, text, rule }) => {
    const wider = includingRules(rule, prefixes).find(
      (other) => other !== rule && lines.has(other),
    );
    const first = lines.get(wider ?? rule)!;
    if (wider !== undefined) {
      return [{ line, text, reason: `is part of "${wider}" in line ${first}` }];
    }
    return first < line ? [{ line, text, reason: `is in line ${first} already` }] : [];
  });
}

/**
 * The rules, itself among them if it is one, that include all hosts a rule stands for.
 *
 * @param prefixes the lengths of networks that matter.
 */
function includingRules(rule: string, prefixes: ReadonlySet<number>): string[] {
  const network = parseNetwork(rule);
  if (network !== undefined) {
    return [...prefixes]
      .filter((prefix) => prefix <= network.prefix)
      .map((prefix) => networkText(networkOf(network, prefix)));
  }
  const parts = labels(rule);
  return [
    ...parts.flatMap((_, index) => withStar(parts.slice(index)).map((name) => `.${name}`)),
    ...(rule.startsWith(".") ? [] : withStar(parts)),
  ];
}

/** A name, and the same with each label in the middle as the one that may be any. */
function withStar(parts: readonly string[]): string[] {
  const name = parts.join(".");
  return [name, ...parts.slice(1, -1).map((_, index) => parts.with(index + 1, "*").join("."))];
}
