import type { Change, Plan } from "./plan";

/** What is shown for a secret. */
export const MASKED = "(sensitive value)";

/** A whole value as long as this equals a secret because it is that secret. */
const RECOGNISABLE_LENGTH = 4;

/** A text as long as this is not part of another by chance. */
const UNMISTAKABLE_LENGTH = 8;

/** A line of a key in several lines, which is still a secret where the lines are indented. */
const KEY_LINE = /^\S{20,}$/;

/**
 * The texts that a plan marks as sensitive anywhere. Terraform marks places, not texts: where a
 * provider copies a secret into another attribute, it is unmarked there, and Terraform prints it.
 */
export class Secrets {
  private readonly texts: ReadonlySet<string>;
  private readonly unmistakable: readonly string[];
  /** The same as {@link unescape} leaves them. */
  private readonly unescaped: readonly string[];

  constructor(texts: Iterable<string>) {
    const known = [...texts]
      .flatMap((text) => [text, text.trim(), ...keyLines(text)])
      .filter((text) => text.length >= RECOGNISABLE_LENGTH && /\S/.test(text));
    this.texts = new Set(known);
    this.unmistakable = [...this.texts].filter(({ length }) => length >= UNMISTAKABLE_LENGTH);
    this.unescaped = this.unmistakable
      .map((text) => unescape(text).text)
      .filter(({ length }) => length >= RECOGNISABLE_LENGTH);
  }

  static of(plan: Plan): Secrets {
    const texts: string[] = [];
    const collect = ({ before, before_sensitive, after, after_sensitive }: Change) => {
      collectMarked(before, before_sensitive, texts);
      collectMarked(after, after_sensitive, texts);
    };
    for (const { change } of plan.resource_changes) collect(change);
    for (const { change } of plan.resource_drift) collect(change);
    for (const { resource_change } of plan.deferred_changes) collect(resource_change.change);
    for (const change of Object.values(plan.output_changes)) collect(change);
    for (const [name, { sensitive }] of Object.entries(plan.configuration.root_module.variables)) {
      collectMarked(plan.variables[name]?.value, sensitive, texts);
    }
    return new Secrets(texts);
  }

  /** Whether a whole value is one of them. */
  has(text: string): boolean {
    return this.texts.has(text);
  }

  /**
   * The text without them, as far as they cannot be mistaken for something else, and however JSON
   * or Terraform writes their quotes, line ends and the like.
   */
  mask(text: string): string {
    if (this.unmistakable.length === 0) return text;
    const plain = unescape(text);
    const spans = [
      ...occurrences(text, this.unmistakable),
      ...occurrences(plain.text, this.unescaped).map(({ start, end }) => ({
        start: plain.positions[start]!,
        end: plain.positions[end]!,
      })),
    ];
    return withMasks(text, spans);
  }
}

function collectMarked(value: unknown, marks: unknown, texts: string[]): void {
  if (marks === true) {
    collectAll(value, texts);
  } else if (typeof marks === "object" && marks !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(marks)) {
      collectMarked((value as Record<string, unknown> | null)?.[key], inner, texts);
    }
  }
}

function collectAll(value: unknown, texts: string[]): void {
  if (typeof value === "string") texts.push(value);
  if (typeof value === "number") texts.push(String(value));
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) collectAll(inner, texts);
  }
}

function keyLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => KEY_LINE.test(line));
}

/** A part of a text, without its end. */
interface Span {
  readonly start: number;
  readonly end: number;
}

function occurrences(text: string, parts: readonly string[]): Span[] {
  return parts.flatMap((part) => {
    const spans: Span[] = [];
    // One step at a time: a part may overlap with itself.
    for (let start = text.indexOf(part); start >= 0; start = text.indexOf(part, start + 1)) {
      spans.push({ start, end: start + part.length });
    }
    return spans;
  });
}

/** The text with a mask in place of each span; those that overlap get one together. */
function withMasks(text: string, spans: readonly Span[]): string {
  let masked = "";
  let done = 0;
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    if (start >= done) masked += text.slice(done, start) + MASKED;
    done = Math.max(done, end);
  }
  return masked + text.slice(done);
}

/** What JSON and Terraform write with a backslash and a letter. */
const LETTERS: Readonly<Record<string, string>> = {
  "\n": "n",
  "\r": "r",
  "\t": "t",
  "\b": "b",
  "\f": "f",
};

/** An escaped character, backslashes, a `$` or `%` that escapes another, or any other character. */
const TOKENS =
  /\\+u(?:(?<short>[\da-f]{4})|\{(?<long>[\da-f]{1,5})\})|\\+|(?<doubled>[$%])(?=\k<doubled>+\{)|[^]/gi;

/**
 * The text in a form that is the same however often it has been written as JSON or HCL: escaped
 * characters as they are, line ends as the letter of their escape, and no backslashes.
 */
function unescape(text: string): { text: string; positions: readonly number[] } {
  const positions: number[] = [];
  let plain = "";
  for (const { 0: token, index, groups } of text.matchAll(TOKENS)) {
    const code = groups?.["short"] ?? groups?.["long"];
    const character = code === undefined ? token : String.fromCodePoint(Number.parseInt(code, 16));
    if (character.startsWith("\\") || groups?.["doubled"] !== undefined) continue;
    const letter = LETTERS[character] ?? character;
    plain += letter;
    for (let unit = 0; unit < letter.length; unit++) positions.push(index);
  }
  positions.push(text.length);
  return { text: plain, positions };
}
