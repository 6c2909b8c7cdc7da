import { isDeepStrictEqual } from "node:util";
import { structuredPatch } from "diff";
import type { Change } from "./plan";
import { cutText, printable } from "./printable";
import { MASKED, type Secrets } from "./secrets";

/** One attribute, or a part of it, that a change gives another value. */
export interface AttributeChange {
  /** Where it is, such as `ingress[0].cidr_block`; empty for a value without parts. */
  readonly path: string;
  /** The old value as text; absent where there is none. */
  readonly before?: string;
  /** The new value as text; absent where there is none. */
  readonly after?: string;
  /** The changed lines, where both are texts of several, with `+`, `-` or a blank in front. */
  readonly lines?: readonly string[];
  /** Whether it is the reason that the resource is replaced. */
  readonly forcesReplacement: boolean;
}

const UNKNOWN = "(known after apply)";

/** Longer values are cut: a line of a plan is read, not scrolled. */
const LONGEST_VALUE = 1000;

/** With more lines that differ, two texts are different texts, and comparing them takes seconds. */
const MOST_CHANGED_LINES = 1000;

/** Unchanged lines around a change of a text. */
const CONTEXT_LINES = 2;

type Key = string | number;

/** A value before or after, with Terraform's marks for what is secret or unknown in it. */
interface Side {
  readonly value: unknown;
  readonly sensitive: unknown;
  readonly unknown: unknown;
}

const ABSENT: Side = { value: undefined, sensitive: false, unknown: false };

/** What a change does to the attributes of a resource, secrets masked. */
export function attributeChanges(change: Change, secrets: Secrets): AttributeChange[] {
  const before = {
    value: change.before ?? undefined,
    sensitive: change.before_sensitive,
    unknown: false,
  };
  const after = {
    value: change.after ?? undefined,
    sensitive: change.after_sensitive,
    unknown: change.after_unknown,
  };
  return differences([], before, after).map(({ path, old, now }) => ({
    path: pathText(path, secrets),
    ...texts(old, now, secrets),
    forcesReplacement: change.replace_paths.some(
      // A value that is shown as a whole may be forced by a part of it.
      (forced) => isPrefix(forced, path) || isPrefix(path, forced),
    ),
  }));
}

/** A path as people write it, secrets masked: `ingress[0].cidr_block`. */
export function pathText(path: readonly Key[], secrets: Secrets): string {
  const text = path.reduce<string>((parent, part) => {
    const key = typeof part === "number" ? part : secrets.mask(part);
    if (typeof key === "number") return `${parent}[${key}]`;
    if (!/^[\w-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
    return parent === "" ? key : `${parent}.${key}`;
  }, "");
  return printable(text);
}

/** A place at which two values differ. */
interface Difference {
  readonly path: readonly Key[];
  readonly old: Side;
  readonly now: Side;
}

function differences(path: readonly Key[], old: Side, now: Side): Difference[] {
  if (!hasMark(now.unknown) && isDeepStrictEqual(old.value ?? null, now.value ?? null)) return [];
  const pairs = isWhole(old) || isWhole(now) ? undefined : parts(old, now);
  const inside = pairs?.flatMap(([key, one, other]) => differences([...path, key], one, other));
  if (inside !== undefined && (inside.length > 0 || isSame(old, now))) return inside;
  // A value without parts; or only the order of a list has changed, or the blanks of a JSON text.
  return [{ path, old, now }];
}

/** Whether two values without a difference in their parts say the same. */
function isSame(old: Side, now: Side): boolean {
  const values = [old.value, now.value];
  if (values.some((value) => typeof value === "string")) return false;
  // Of what is made or goes, its empty parts are not worth a line.
  return values.every(isMap) || values.includes(undefined);
}

/** The parts of two values that belong together; nothing where the values are not made alike. */
function parts(old: Side, now: Side): [Key, Side, Side][] | undefined {
  const [one, other] = [opened(old), opened(now)];
  const kinds = new Set([kindOf(one), kindOf(other)]);
  kinds.delete("absent");
  if (kinds.size !== 1) return undefined;
  if (kinds.has("map")) {
    return keysOf(one, other).map((key) => [key, child(one, key), child(other, key)]);
  }
  return kinds.has("list") ? elementPairs(elements(one), elements(other)) : undefined;
}

/** The value of a JSON text, such as a policy; every other value as it is. */
function opened(side: Side): Side {
  const value = parsed(side.value);
  return value === undefined ? side : { value, sensitive: false, unknown: false };
}

function parsed(text: unknown): unknown {
  if (typeof text !== "string" || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function kindOf(side: Side): "absent" | "map" | "list" | "scalar" {
  if (isAbsent(side)) return "absent";
  const shape = side.value ?? side.unknown;
  if (Array.isArray(shape)) return "list";
  return isMap(shape) ? "map" : "scalar";
}

/**
 * The elements of two lists, without those that both have: most lists of AWS are sets, in which an
 * inserted element would otherwise change all that follow.
 */
function elementPairs(old: readonly Side[], now: readonly Side[]): [Key, Side, Side][] {
  const gone = old.map((side, index) => ({ side, index }));
  const added = now
    .map((side, index) => ({ side, index }))
    .filter(({ side }) => {
      const same = gone.findIndex((other) => {
        return !hasMark(side.unknown) && isDeepStrictEqual(other.side.value, side.value);
      });
      if (same >= 0) gone.splice(same, 1);
      return same < 0;
    });
  return Array.from({ length: Math.max(gone.length, added.length) }, (_, position) => {
    const [one, other] = [gone[position], added[position]];
    return [other?.index ?? one?.index ?? 0, one?.side ?? ABSENT, other?.side ?? ABSENT];
  });
}

function elements(side: Side): Side[] {
  const length = Math.max(lengthOf(side.value), lengthOf(side.unknown));
  return Array.from({ length }, (_, index) => child(side, index));
}

function child(side: Side, key: Key): Side {
  return {
    // Undefined is only what has no parent.
    value: at(side.value, key) ?? (side.value === undefined ? undefined : null),
    sensitive: side.sensitive === true || at(side.sensitive, key),
    unknown: side.unknown === true || at(side.unknown, key),
  };
}

function keysOf(...sides: readonly Side[]): string[] {
  const keys = sides
    .flatMap(({ value, unknown }) => [value, unknown])
    .flatMap((value) => (isMap(value) ? Object.keys(value) : []));
  return [...new Set(keys)].sort();
}

function texts(old: Side, now: Side, secrets: Secrets) {
  const sensitive = old.sensitive === true || now.sensitive === true;
  const [before, after] = [old, now].map((side) => {
    return isAbsent(side) ? undefined : shown(sensitive ? { ...side, sensitive } : side, secrets);
  });
  const lines = changedLines(before, after);
  return {
    ...(before !== undefined && { before: oneLine(before) }),
    ...(after !== undefined && { after: oneLine(after) }),
    ...(lines !== undefined && { lines }),
  };
}

/** A text that stands for a value that is not shown. */
class Placeholder {
  constructor(private readonly text: string) {}

  toJSON(): string {
    return this.text;
  }
}

/** The value with placeholders for what is secret or unknown in it. */
function shown(side: Side, secrets: Secrets): unknown {
  const { value } = side;
  if (side.unknown === true) return new Placeholder(UNKNOWN);
  if (side.sensitive === true) return new Placeholder(MASKED);
  if (kindOf(side) === "list") return elements(side).map((element) => shown(element, secrets));
  if (kindOf(side) === "map") {
    return Object.fromEntries(
      keysOf(side).map((key) => [secrets.mask(key), shown(child(side, key), secrets)]),
    );
  }
  if (secrets.has(String(value))) return new Placeholder(MASKED);
  return typeof value === "string" ? shownText(value, secrets) : value;
}

/** A text; of JSON the parts, which may be secrets that are too short to be found in a text. */
function shownText(text: string, secrets: Secrets): string {
  const value = parsed(text);
  if (value === undefined) return secrets.mask(text);
  const json = JSON.stringify(shown({ value, sensitive: false, unknown: false }, secrets));
  return json === JSON.stringify(value) ? secrets.mask(text) : json;
}

function oneLine(value: unknown): string {
  return cut(
    value instanceof Placeholder ? value.toJSON() : printable(JSON.stringify(value ?? null)),
  );
}

function cut(text: string): string {
  return text.length > LONGEST_VALUE ? `${cutText(text, LONGEST_VALUE)}…` : text;
}

function changedLines(before: unknown, after: unknown): string[] | undefined {
  if (typeof before !== "string" || typeof after !== "string") return undefined;
  if (![before, after].some((text) => text.trimEnd().includes("\n"))) return undefined;
  const patch = structuredPatch("", "", before, after, "", "", {
    context: CONTEXT_LINES,
    maxEditLength: MOST_CHANGED_LINES,
  });
  // No lines where only secrets differ.
  if (patch === undefined || patch.hunks.length === 0) return undefined;
  return (
    patch.hunks
      .flatMap(({ lines }, index) => (index === 0 ? lines : [" …", ...lines]))
      // "\ No newline at end of file"
      .filter((line) => !line.startsWith("\\"))
      .map((line) => cut(printable(line)))
  );
}

/** Whether there is a mark anywhere in a tree of marks. */
function hasMark(marks: unknown): boolean {
  return typeof marks === "object" && marks !== null
    ? Object.values(marks).some(hasMark)
    : marks === true;
}

/** Whether a value counts as one, because it is secret or unknown as a whole. */
const isWhole = ({ sensitive, unknown }: Side): boolean => sensitive === true || unknown === true;

const isAbsent = ({ value, unknown }: Side): boolean =>
  (value === undefined || value === null) && !hasMark(unknown);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPrefix = (prefix: readonly Key[], path: readonly Key[]): boolean =>
  prefix.every((key, index) => path[index] === key);

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

const at = (value: unknown, key: Key): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<Key, unknown>)[key]
    : undefined;
