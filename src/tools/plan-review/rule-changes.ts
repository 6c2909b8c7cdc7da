import type { Change, Plan } from "./plan";
import { printableLine } from "../../common/printable";

/** A line of the rules that comes or goes. */
export interface RuleChange {
  /** The key of its object in the store. */
  readonly object: string;
  /** With `+` or `-` in front, or with `?` where Terraform cannot say yet. */
  readonly line: string;
}

/** What Terraform calculates of other objects: it changes with each of their lines. */
const HASH = / [0-9a-f]{64}$/;

/** The lines of the rules that a plan changes, as they stand in no order that means something. */
export function ruleChanges({ resource_changes }: Plan): RuleChange[] {
  return resource_changes
    .filter(({ type }) => type === "aws_s3_object")
    .flatMap(({ change }) => {
      const { key } = { ...fields(change.before), ...fields(change.after) };
      return changedLines(change).map((line) => ({
        object: printableLine(String(key)),
        line: printableLine(line),
      }));
    });
}

function changedLines({ before, after, after_unknown }: Change): string[] {
  if (fields(after_unknown)["content"] === true) {
    return ["? known only after the deployment, which makes endpoints that it names"];
  }
  const [old, current] = [linesOf(before), linesOf(after)];
  return [
    ...[...old].filter((line) => !current.has(line)).map((line) => `- ${line}`),
    ...[...current].filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ];
}

function linesOf(value: unknown): ReadonlySet<string> {
  const { content } = fields(value);
  const lines = typeof content === "string" ? content.split("\n") : [];
  return new Set(
    lines.filter((line) => !/^(#|$)/.test(line)).map((line) => line.replace(HASH, "")),
  );
}

function fields(value: unknown): Record<string, unknown> {
  return { ...(value as object | null | undefined) };
}
