import { GRID, line, round, svg, text, type Box } from "../svg";
import type { Drawn, Figure } from "./figures";
import { graph } from "./graph";
import {
  cut,
  FONT,
  LETTER,
  LINE_HEIGHT,
  MUTED,
  noData,
  numberOf,
  RANG,
  SILENT,
  small,
} from "./parts";
import type { Place } from "./widgets";

/** The grid of a dashboard, in pixels of the picture, and the gap between widgets. */
const COLUMN = 40;
const ROW = 27;
const GAP = 4;
const MARGIN = 8;
const COLUMNS = 24;

/** A table's column gives what is in it no more room than this, in letters. */
const LONGEST_CELL = 24;

const ALARMS_PER_ROW = 3;

const rectangle = ({ left, top, right, bottom }: Box, attributes: string) =>
  `<rect x="${round(left)}" y="${round(top)}" width="${round(right - left)}" ` +
  `height="${round(bottom - top)}" rx="3" ${attributes}/>`;

/** A day has one date, so that of a time is left out. */
function cell(value: unknown): string {
  if (typeof value === "number") return numberOf(value);
  if (typeof value !== "string") return "";
  return /^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d+Z$/.exec(value)?.[1] ?? value;
}

function table(box: Box, { rows }: Extract<Figure, { kind: "table" }>): string[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) return noData(box);
  const shown = rows.slice(0, Math.floor((box.bottom - box.top) / LINE_HEIGHT) - 1);
  // As wide as what is in them, in proportion.
  const widths = columns.map((name) =>
    Math.min(
      LONGEST_CELL,
      2 + Math.max(...[name, ...shown.map((row) => cell(row[name]))].map((all) => all.length)),
    ),
  );
  const unit = (box.right - box.left) / widths.reduce((sum, width) => sum + width, 0);
  let left = box.left;
  return [
    line(box.left, box.top + 16, box.right, box.top + 16, GRID),
    ...columns.flatMap((name, index) => {
      const x = left;
      const room = unit * widths[index]!;
      left += room;
      return [
        small(x, box.top + 12, cut(name, room - 4), `fill="${MUTED}"`),
        ...shown.map((row, below) =>
          small(x, box.top + 12 + LINE_HEIGHT * (below + 1), cut(cell(row[name]), room - 4)),
        ),
      ];
    }),
  ];
}

function numbers(box: Box, figure: Extract<Figure, { kind: "numbers" }>): string[] {
  const all = Object.entries(figure.numbers);
  // Each has as much room as its label takes.
  const unit = (box.right - box.left) / Object.keys(figure.numbers).join("").length;
  let left = box.left;
  return all.flatMap(([label, value]) => {
    const x = left;
    left += unit * label.length;
    return [
      text(x, box.top + 50, value === undefined ? "–" : numberOf(value), 'font-size="22"'),
      small(x, box.top + 68, label, `fill="${MUTED}"`),
    ];
  });
}

function alarms(box: Box, figure: Extract<Figure, { kind: "alarms" }>): string[] {
  const width = (box.right - box.left) / ALARMS_PER_ROW;
  return Object.entries(figure.alarms).flatMap(([id, state], index) => {
    const left = box.left + width * (index % ALARMS_PER_ROW);
    const top = box.top + 20 * Math.floor(index / ALARMS_PER_ROW);
    const { fill, stroke, sign } = state === "rang" ? RANG : SILENT;
    return [
      rectangle(
        { left, top, right: left + width - 4, bottom: top + 17 },
        `fill="${fill}" stroke="${stroke}"`,
      ),
      small(left + 5, top + 12, cut(`${sign} ${id}`, width - 8), `fill="${stroke}"`),
    ];
  });
}

/** The words of Markdown, without the signs for bold and code, in lines that find room. */
function markdown(box: Box, content: string): string[] {
  let y = box.top + 4;
  return content.split("\n").flatMap((paragraph) => {
    const isHeading = paragraph.startsWith("# ");
    const size = isHeading ? 16 : FONT;
    const most = (box.right - box.left) / (size * LETTER);
    const lines = [""];
    for (const word of paragraph.replaceAll(/^# |\*\*|`/g, "").split(" ")) {
      if (lines.at(-1)!.length + word.length > most) lines.push("");
      lines.push(`${lines.pop()!}${word} `);
    }
    return lines.map((one) => {
      y += isHeading ? 20 : LINE_HEIGHT;
      const weight = isHeading ? ' font-weight="bold"' : "";
      return text(box.left, y, one.trimEnd(), `font-size="${size}"${weight}`);
    });
  });
}

function content(box: Box, figure: Figure): readonly string[] {
  switch (figure.kind) {
    case "text":
      return markdown(box, figure.markdown);
    case "alarms":
      return alarms(box, figure);
    case "graph":
      return graph(box, figure);
    case "numbers":
      return numbers(box, figure);
    case "table":
      return table(box, figure);
  }
}

function boxOf({ x, y, width, height }: Place): Box {
  return {
    left: MARGIN + x * COLUMN + GAP,
    top: MARGIN + y * ROW + GAP,
    right: MARGIN + (x + width) * COLUMN - GAP,
    bottom: MARGIN + (y + height) * ROW - GAP,
  };
}

function widget({ title, figure, ...place }: Drawn): string[] {
  const box = boxOf(place);
  const heading = title === "" ? 4 : 22;
  const inner = {
    left: box.left + 8,
    top: box.top + heading,
    right: box.right - 8,
    bottom: box.bottom - 8,
  };
  const room = inner.right - inner.left;
  // A long one is smaller.
  const size = round(Math.min(FONT, room / (title.length * LETTER)));
  const style = `font-size="${size}" font-weight="bold"`;
  return [
    rectangle(box, 'fill="#ffffff" stroke="#d0d7de"'),
    ...(title === "" ? [] : [text(inner.left, box.top + 17, title, style)]),
    ...content(inner, figure),
  ];
}

/** The dashboard as SVG. */
export function picture(widgets: readonly Drawn[]): string {
  const height = 2 * MARGIN + ROW * Math.max(...widgets.map((one) => one.y + one.height));
  const titles = widgets.map(({ title }) => title).filter(Boolean);
  return svg(
    [2 * MARGIN + COLUMNS * COLUMN, height],
    {
      title: "The dashboard of a rehearsed fleet",
      description: `${titles.join("; ")}.`,
      fontSize: FONT,
      background: "#f6f8fa",
    },
    widgets.flatMap(widget),
  );
}
