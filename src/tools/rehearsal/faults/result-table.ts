import { missedAims, type Account, type Expectation } from "./account";
import type { Fault } from "./fault";

/** A fault that has been made, and what became of it. */
export interface Result {
  readonly fault: Pick<Fault, "name" | "title" | "aim" | "rings">;
  readonly expectation: Expectation;
  readonly counted: Account;
  /** The alarms that have rung, by their ids. @default - nobody has recorded what they look at */
  readonly rang?: readonly string[];
}

type Column = readonly [heading: string, cell: (result: Result) => string | number];

const COLUMNS: readonly Column[] = [
  ["fault", ({ fault }) => fault.title],
  ["aim", ({ fault }) => fault.aim],
  ["new requests", ({ counted }) => counted.requests],
  ["failed", ({ counted }) => counted.failed],
  ["of these outside the aim", ({ counted }) => counted.failedOutside],
  ["last to fail began after", ({ counted }) => seconds(counted.lastFailureSeconds)],
  ["tunnels", ({ counted }) => counted.tunnels],
  ["cut", ({ counted }) => counted.cutInTime],
  ["cut too early", ({ counted }) => counted.cutEarly],
  ["rings", ({ rang }) => rang?.join(", ") || "–"],
  ["", (result) => (missedOf(result)[0] ? "missed" : "met")],
];

/** The results as a table in Markdown, whose columns a terminal shows one below the other. */
export function table(results: readonly Result[]): string {
  const rows = [
    COLUMNS.map(([heading]) => heading),
    ...results.map((result) => COLUMNS.map(([, cell]) => String(cell(result)))),
  ];
  const widths = COLUMNS.map((_, index) => Math.max(3, ...rows.map((row) => row[index]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const [headings = [], ...body] = rows.map((row) => {
    return line(row.map((cell, index) => cell.padEnd(widths[index]!)));
  });
  return [headings, line(widths.map((width) => "-".repeat(width))), ...body].join("\n");
}

/** The aims that are missed, a line each. */
export function missed(results: readonly Result[]): string[] {
  return results.flatMap((result) => missedOf(result).map((aim) => `${result.fault.name}: ${aim}`));
}

function missedOf({ fault, counted, expectation, rang }: Result): string[] {
  const aims = missedAims(counted, expectation);
  if (rang === undefined) return aims;
  const [silent, loud] = [without(fault.rings, rang), without(rang, fault.rings)];
  return [
    ...aims,
    ...silent.map((alarm) => `${alarm} did not ring`),
    ...loud.map((alarm) => `${alarm} rang`),
  ];
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((one) => !some.includes(one));
}

function seconds(value: number | undefined): string {
  return value === undefined ? "–" : `${value.toFixed(0)} s`;
}
