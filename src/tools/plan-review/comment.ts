import {
  code,
  codeBlock,
  codeCell,
  cutText,
  fewBackticks,
  printable,
} from "../../common/printable";
import { changesAnything, DESTRUCTIVE, type PlannedChange, type Summary } from "./summary";
import { details, headline } from "./change-table";

/**
 * The most characters of a comment and of an issue on GitHub, counted in UTF-16 units, of which
 * there are never fewer than characters. A longer one is refused: "Body is too long (maximum is
 * 65536 characters)".
 */
export const MAX_COMMENT_LENGTH = 65_536;

/** What the table may take of it; the rest is for the plan itself. */
const MAX_TABLE_LENGTH = 24_000;

/** What the lines of the rules that change may take of it. */
const MAX_RULES_LENGTH = 6000;

/** What the preview of changed rules may take of it. */
const MAX_PREVIEW_LENGTH = 8000;

/** What a failure may take of it: Terraform says what matters first. */
const MAX_FAILURE_LENGTH = 20_000;

/** What the names of outputs, of local resources and the failed checks may take, each of them. */
const MAX_LIST_LENGTH = 3000;

/** What one address, name or message may take outside the plan. */
const MAX_CELL_LENGTH = 500;

/** A workflow's run that plans a region. */
export interface WorkflowRun {
  readonly url: string;
  /** The commit that it plans. */
  readonly commit: string;
  /** The artifact that has the whole plan. */
  readonly artifact: string;
}

/** What is known of a region once Terraform has planned, or could not. */
export interface Report {
  readonly region: string;
  /** The plan; after a failure as much of it as there is, if any. */
  readonly summary?: Summary;
  /** The plan in Terraform's own words, which mask what is sensitive. */
  readonly text?: string;
  /** What went wrong, in the words of the program that failed. */
  readonly failure?: string;
  /** What the policy gate says of the rules that are waived. */
  readonly waivers?: string;
  /** What changed rules would do to the requests of the last days, in Markdown. */
  readonly preview?: string;
  /** The workflow's run that planned, which has the whole plan as an artifact. */
  readonly run?: WorkflowRun;
}

/** The first line of a region's comment, unseen, by which the next run finds it. */
export function marker(region: string): string {
  return `<!-- proxy-fleet plan ${region} -->`;
}

/** A region's plan, or what kept Terraform from it, as a comment in Markdown. */
export function comment(report: Report): string {
  const { region, summary, text, failure, waivers, preview, run } = report;
  const outcome = failure === undefined && summary !== undefined ? headline(summary) : "**failed**";
  const head = paragraphs(
    `${marker(region)}\n### Plan for ${code(region)}: ${outcome}`,
    failure === undefined
      ? ""
      : codeBlock(cut(printable(failure), MAX_FAILURE_LENGTH, "\n"), "text"),
    summary === undefined ? "" : overview(summary, failure !== undefined),
    waivers === undefined ? "" : codeBlock(cut(printable(waivers), MAX_LIST_LENGTH, "\n"), "text"),
  );
  const foot = paragraphs(
    preview === undefined || failure !== undefined
      ? ""
      : `#### What changed rules would do\n\n${shortPreview(preview)}`,
    footer(summary, run),
  );
  const worthReading = failure !== undefined || (summary !== undefined && changesAnything(summary));
  if (text === undefined || !worthReading) return paragraphs(head, foot);
  const room = MAX_COMMENT_LENGTH - paragraphs(head, "x", foot).length;
  return paragraphs(head, foldedPlan(printable(text).trim(), room, run), foot);
}

function overview(summary: Summary, failed: boolean): string {
  const { changes, local, rules, outputs, deferred, drift, failedChecks } = summary;
  const planned = changes.filter(({ action }) => action !== "read");
  const lost = planned.filter(({ action }) => DESTRUCTIVE.includes(action));
  return paragraphs(
    failed && planned.length > 0 ? "The plan, as far as there is one:" : "",
    lost.length > 0
      ? `> [!CAUTION]\n> Destroyed or replaced: ${resources(lost.length)}. Look at what goes with it.`
      : "",
    !failed && !changesAnything(summary) ? "The fleet is as the configuration wants it." : "",
    table([...planned, ...deferred.map((change) => ({ ...change, deferred: true }))]),
    rules.length > 0 ? `Rules that change:\n\n${ruleDiff(rules)}` : "",
    outputs.length > 0 ? `Outputs that change: ${enumeration(outputs.map(shortCode), ", ")}` : "",
    failedChecks.length > 0
      ? `Failed checks:\n- ${enumeration(failedChecks.map(shortCode), "\n- ")}`
      : "",
    local.length > 0
      ? `Besides, on the machine that deploys, where nothing in AWS changes with it: ${enumeration(
          local.map(({ action, address }) => `${action} ${shortCode(address)}`),
          ", ",
        )}`
      : "",
    drift.length > 0
      ? `Changed outside Terraform since its last run: ${enumeration(
          drift.map(({ address, attributes }) => shortCode([address, ...attributes].join(" "))),
          ", ",
        )}`
      : "",
  );
}

/** The rows that fit; the dangerous ones come first. */
function table(changes: readonly (PlannedChange & { readonly deferred?: boolean })[]): string {
  if (changes.length === 0) return "";
  const rows = changes.map((change) => {
    const { action, address, deferred } = change;
    const detail = details(change);
    const cells = [
      deferred ? "deferred" : action,
      codeCell(cut(address, MAX_CELL_LENGTH)),
      codeCell(cut(detail, MAX_CELL_LENGTH)),
    ];
    const bold = DESTRUCTIVE.includes(action) && !deferred;
    return `| ${cells.map((cell) => (bold && cell !== "" ? `**${cell}**` : cell)).join(" | ")} |`;
  });
  const fitting = fit(rows, MAX_TABLE_LENGTH);
  const left = rows.length - fitting.length;
  return [
    "| | Resource | What changes, and why |",
    "| --- | --- | --- |",
    ...fitting,
    ...(left > 0 ? [`| … | ${resources(left)} more | in the plan below |`] : []),
  ].join("\n");
}

/** The lines that fit, below the names of their objects. */
function ruleDiff(rules: Summary["rules"]): string {
  const lines = rules.flatMap(({ object, line }, index) => {
    const isFirst = object !== rules[index - 1]?.object;
    return [...(isFirst ? [`# ${object}`] : []), line].map((text) => cut(text, MAX_CELL_LENGTH));
  });
  const fitting = fit(lines, MAX_RULES_LENGTH);
  const left = lines.length - fitting.length;
  const rest = left > 0 ? [`# ${left} more lines, in the plan below`] : [];
  return codeBlock([...fitting, ...rest].join("\n"), "diff");
}

/** As many of the items as fit. */
function enumeration(items: readonly string[], separator: string): string {
  const fitting = fit(items, MAX_LIST_LENGTH, separator);
  const left = items.length - fitting.length;
  return [...fitting, ...(left > 0 ? [`${left} more`] : [])].join(separator);
}

/** A text as code, cut where it would fill the comment. */
function shortCode(text: string): string {
  return code(cut(text, MAX_CELL_LENGTH));
}

/** The lines that fit. */
function shortPreview(preview: string): string {
  const lines = preview.split("\n");
  const fitting = fit(lines, MAX_PREVIEW_LENGTH);
  const isWhole = fitting.length === lines.length;
  return isWhole ? preview : `${fitting.join("\n")}\n\nThe rest of it is too long for a comment.`;
}

function foldedPlan(text: string, room: number, run: Report["run"]): string {
  const plan = fewBackticks(withSignsInFront(text));
  const fold = (title: string, text: string) =>
    `<details><summary>${title}</summary>\n\n${codeBlock(text, "diff")}\n\n</details>`;
  const whole = fold("The whole plan", plan);
  if (whole.length <= room) return whole;
  const where =
    run === undefined
      ? "<code>plan.txt</code> has it all"
      : `all of it is in the artifact <a href="${run.url}#artifacts"><code>${run.artifact}</code></a>`;
  const title = (lines: string) => `The plan, cut after ${lines} lines for its length; ${where}`;
  const lines = plan.split("\n");
  // The fence and the title grow with neither the cut nor its number of lines.
  const overhead = whole.length - plan.length + title(String(lines.length)).length;
  const fitting = fit(lines, room - overhead);
  return fold(title(`${fitting.length} of ${lines.length}`), fitting.join("\n"));
}

function footer(summary: Report["summary"], run: Report["run"]): string {
  const terraform = summary === undefined ? "" : `Terraform ${summary.terraformVersion}`;
  const link = run === undefined ? "" : `commit ${run.commit}, [the run](${run.url})`;
  const text = [terraform, link].filter((part) => part !== "").join(", ");
  return text === "" ? "" : `<sub>${text}</sub>`;
}

/** Terraform's signs at the start of their lines, by which a `diff` block of Markdown colours. */
function withSignsInFront(text: string): string {
  return text.replaceAll(
    /^( +)([-+~])(?= )/gm,
    (_, indent: string, sign: string) => (sign === "~" ? "!" : sign) + indent,
  );
}

/** As many of the lines, from the first one on, as have room together. */
function fit(lines: readonly string[], room: number, separator = "\n"): string[] {
  const fitting: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + separator.length;
    if (length > room) break;
    fitting.push(line);
  }
  return fitting;
}

function cut(text: string, length: number, separator = ""): string {
  return text.length <= length ? text : `${cutText(text, length)}${separator}…`;
}

function resources(count: number): string {
  return count === 1 ? "1 resource" : `${count} resources`;
}

function paragraphs(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}
