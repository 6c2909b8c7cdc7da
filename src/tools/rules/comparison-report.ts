import { code, codeCell, cutText, printableLine } from "../../common/printable";
import type { AccessLog } from "../logs/access-log";
import { KINDS, type Comparison, type Difference, type Kind } from "./comparison";

/** How many rows of each kind a pull request shows, and how long a host may be there. */
const MARKDOWN_ROWS = 25;
const MARKDOWN_HOST = 100;

const TITLES: Readonly<Record<Kind, string>> = {
  denied: "Newly denied",
  admitted: "Newly admitted",
  marked: "Newly marked, by rules that only report",
  unmarked: "No longer marked",
};

export interface ReportedComparison {
  readonly comparison: Comparison;
  readonly log: AccessLog;
  /** What the log is called: a file, or the log group and the time. */
  readonly source: string;
}

/** For a terminal: all differences. */
export function comparisonText(reported: ReportedComparison): string {
  const parts = sections(reported.comparison).map(([title, rows]) => {
    const cells = rows.map(({ client, host, count, last, by }) =>
      [client, host, String(count), minute(last), by].map(printableLine),
    );
    const table = [["client", "host", "requests", "last", "by"], ...cells];
    const width = (column: number) => Math.max(...table.map((row) => row[column]!.length));
    const widths = table[0]!.map((_, column) => width(column));
    const lines = table.map((row) =>
      `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd(),
    );
    return `${title}\n${lines.join("\n")}`;
  });
  return [...summary(reported), ...parts].join("\n\n");
}

/** For a pull request: what matters most, in at most about 20,000 characters. */
export function comparisonMarkdown(reported: ReportedComparison): string {
  const parts = sections(reported.comparison).map(([title, rows]) => {
    const shown = rows.slice(0, MARKDOWN_ROWS).map(({ client, host, count, last, by }) => {
      const cells = [codeCell(cut(client)), codeCell(cut(host)), count, minute(last), code(by)];
      return `| ${cells.join(" | ")} |`;
    });
    const left = rows.slice(MARKDOWN_ROWS);
    const rest = left.length === 0 ? [] : [`| … | ${left.length} more | ${total(left)} | | |`];
    const head = ["| Client | Host | Requests | Last | By |", "| --- | --- | ---: | --- | --- |"];
    return [`**${title}**\n`, ...head, ...shown, ...rest].join("\n");
  });
  return [...summary(reported).map((line) => line.replaceAll("\n", "\n- ")), ...parts].join("\n\n");
}

/** What was compared and what was not, then that there is nothing to tell, if so. */
function summary({ comparison, log, source }: ReportedComparison): string[] {
  const { compared, refusedOtherwise, differences } = comparison;
  const besides = [
    ...(refusedOtherwise === 0
      ? []
      : [
          `Not compared: ${requests(refusedOtherwise)} that something else refused, such as a port.`,
        ]),
    ...log.omissions,
  ];
  return [
    [
      `The rules of this checkout, against ${requests(compared)} of ${printableLine(source)}:`,
      ...besides,
    ].join("\n"),
    ...(compared === 0
      ? ["No request was found that rules could change."]
      : differences.length === 0
        ? ["Nothing changes for any of them."]
        : []),
  ];
}

function sections({ differences }: Comparison): [string, Difference[]][] {
  return KINDS.map((kind): [string, Difference[]] => {
    const rows = differences.filter((difference) => difference.kind === kind);
    return [`${TITLES[kind]}: ${requests(total(rows))}`, rows];
  }).filter(([, rows]) => rows.length > 0);
}

const total = (rows: readonly Difference[]) => rows.reduce((sum, { count }) => sum + count, 0);
const requests = (count: number) => (count === 1 ? "1 request" : `${count} requests`);
const minute = (time: string) => time.replace(/:[\d.]+Z$/, "Z").replace("T", " ");
const cut = (text: string) =>
  text.length <= MARKDOWN_HOST ? text : `${cutText(text, MARKDOWN_HOST)}…`;
