import { changesAnything, counts, type PlannedChange, type Summary } from "./summary";

/** The attributes that a row names; the full plan has the others. */
const NAMED_ATTRIBUTES = 5;

/** The lines of the rules that a terminal gets; the full plan has the others. */
const SHOWN_RULES = 100;

/** What a row says beside the action and the address. */
export function details({ action, reason, attributes }: PlannedChange): string {
  if (action !== "change" && action !== "import") return reason;
  const more = attributes.length - NAMED_ATTRIBUTES;
  const shown = attributes.slice(0, NAMED_ATTRIBUTES).join(", ");
  return [more > 0 ? `${shown} and ${more} more` : shown, reason]
    .filter((text) => text !== "")
    .join("; ");
}

/** One line on the plan as a whole. */
export function headline(summary: Summary): string {
  if (summary.incomplete) return `Incomplete: ${counts(summary) || "nothing planned yet"}`;
  return changesAnything(summary) ? counts(summary) : "no changes";
}

/** The plan as a table for a terminal, with its headline as the last line. */
export function terminalTable(summary: Summary): string {
  const rows = summary.changes
    .filter(({ action }) => action !== "read")
    .map((change) => [change.action, change.address, details(change)]);
  const deferred = summary.deferred.map(({ address, reason }) => ["deferred", address, reason]);
  const outputs = summary.outputs.map((name) => ["output", name, ""]);
  const local = summary.local.map(({ address }) => [
    "local",
    address,
    "on this machine only; nothing in AWS changes with it",
  ]);
  const shown = summary.rules.slice(0, SHOWN_RULES);
  const left = summary.rules.length - shown.length;
  const rules = [
    ...shown.map(({ object, line }) => ["rules", object, line]),
    ...(left > 0 ? [["rules", "…", `${left} more lines`]] : []),
  ];
  const all = [...rows, ...deferred, ...rules, ...outputs, ...local];
  const widths = [0, 1].map((column) =>
    all.reduce((width, row) => Math.max(width, row[column]!.length), 0),
  );
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  // Indented, so that no line of a message looks like one of the table.
  const checks = summary.failedChecks.map((text) => text.replaceAll("\n", "\n    "));
  return [...lines, ...checks, headline(summary)].join("\n");
}
