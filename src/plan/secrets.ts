import type { Change, Plan } from "./plan";

/** What is shown for a secret. */
export const MASKED = "(sensitive value)";

/** A whole value as long as this equals a secret because it is that secret. */
const RECOGNISABLE_LENGTH = 4;

/** A text as long as this is not part of another by chance. */
const UNMISTAKABLE_LENGTH = 8;

/**
 * The texts that a plan marks as sensitive anywhere. Terraform marks places, not texts: where a
 * provider copies a secret into another attribute, it is unmarked there, and Terraform prints it.
 */
export class Secrets {
  private readonly texts: ReadonlySet<string>;
  /** The longest first: one may be part of another. */
  private readonly unmistakable: readonly string[];

  constructor(texts: Iterable<string>) {
    this.texts = new Set([...texts].filter(({ length }) => length >= RECOGNISABLE_LENGTH));
    this.unmistakable = [...this.texts]
      .filter(({ length }) => length >= UNMISTAKABLE_LENGTH)
      .sort((one, other) => other.length - one.length);
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

  /** The text without them, as far as they cannot be mistaken for something else. */
  mask(text: string): string {
    return this.unmistakable.reduce((masked, secret) => masked.replaceAll(secret, MASKED), text);
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
