import { text, type Box } from "../svg";

/** How wide a letter is on average, in parts of the size of the font. */
export const LETTER = 0.5;
export const FONT = 11;
export const SMALL_FONT = 10;
export const LINE_HEIGHT = 15;

export const RANG = { sign: "▲", fill: "#fde7e4", stroke: "#c92a2a" };
export const SILENT = { sign: "✓", fill: "#e6f4ea", stroke: "#2b8a3e" };
export const MUTED = "#57606a";

/** As much of a text as finds room. */
export function cut(content: string, width: number, size = SMALL_FONT): string {
  const most = Math.floor(width / (size * LETTER));
  return content.length <= most ? content : `${content.slice(0, Math.max(0, most - 1))}…`;
}

export const small = (x: number, y: number, content: string, attributes = "") =>
  text(x, y, content, `font-size="${SMALL_FONT}"${attributes && ` ${attributes}`}`);

export const numberOf = (value: number) =>
  value.toLocaleString("en-US", { maximumSignificantDigits: 3 });

export const noData = (box: Box) => [
  text(box.left + 4, box.top + 30, "No data: a rehearsal has none of these", `fill="${MUTED}"`),
];
