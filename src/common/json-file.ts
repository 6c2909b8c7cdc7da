import {
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from "jsonc-parser";

/** What {@link parseJson} found: the value and what is in the text twice, or every mistake, a line each. */
export type ParsedJson =
  { readonly value: unknown; readonly duplicates: string[] } | { readonly mistakes: string[] };

/** The parser's errors, in words that fit behind a place in the text. */
const WORDS: Readonly<Record<string, string>> = {
  InvalidCommentToken: "a comment, which JSON does not know. Remove it.",
  UnexpectedEndOfComment: "a comment, which JSON does not know. Remove it.",
  CommaExpected: "a comma is missing before this.",
  ColonExpected: "a colon is missing before this.",
  CloseBraceExpected: "a closing } is missing.",
  CloseBracketExpected: "a closing ] is missing.",
  EndOfFileExpected: "something follows the end of the JSON.",
  PropertyNameExpected: "a key is missing here, in double quotes.",
  ValueExpected: "a value is missing here.",
  InvalidSymbol: "this is no JSON. Text stands in double quotes.",
  UnexpectedEndOfString: "a text without its closing double quote.",
};

/**
 * Parses JSON, and says where it is wrong. What people write although JSON does not know it, comments
 * and commas after a last entry, is all told; of other mistakes only the first, as the next ones follow
 * from it.
 *
 * @param name what the text is called in messages, before line and column.
 */
export function parseJson(text: string, name: string): ParsedJson {
  const place = (offset: number) => `${name}:${position(text, offset)}`;
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  const found = new Map<number, string>();
  for (const { error, offset } of errors) {
    const code = printParseErrorCode(error);
    const comma = trailingComma(text, offset);
    if (comma !== undefined) {
      found.set(comma, "a comma after the last entry. Remove it.");
    } else if (code === "InvalidCommentToken") {
      found.set(offset, WORDS[code]!);
    } else {
      found.set(offset, WORDS[code] ?? code);
      break;
    }
  }
  if (found.size > 0 || tree === undefined) {
    return { mistakes: [...found].map(([offset, words]) => `${place(offset)}: ${words}`) };
  }
  const duplicates = twice(tree).map(
    ([first, second]) =>
      `${place(second.offset)}: ${JSON.stringify(second.value)} is here again, after line ` +
      `${position(text, first.offset).split(":")[0]}. Of two, JSON takes the last alone: make them one.`,
  );
  return { value: getNodeValue(tree), duplicates };
}

/** Line and column, as editors count them. */
function position(text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `${lines.length}:${lines.at(-1)!.length + 1}`;
}

/** Where the comma is that stands before the closing bracket at the offset, if one does. */
function trailingComma(text: string, offset: number): number | undefined {
  if (!/[}\]]/.test(text.charAt(offset))) return undefined;
  const before = text
    .slice(0, offset)
    .replace(/\/\/.*|\/\*[^]*?\*\//g, (all) => " ".repeat(all.length));
  return before.trimEnd().endsWith(",") ? before.trimEnd().length - 1 : undefined;
}

/** The keys that an object has twice, anywhere in the tree: the first and the later one. */
function twice(node: Node): [Node, Node][] {
  const { children = [] } = node;
  const keys = node.type === "object" ? children.map(({ children: [key] = [] }) => key!) : [];
  const own = keys.flatMap<[Node, Node]>((key, index) => {
    const first = keys.findIndex((other) => other.value === key.value);
    return first < index ? [[keys[first]!, key]] : [];
  });
  return [...own, ...children.flatMap(twice)];
}
