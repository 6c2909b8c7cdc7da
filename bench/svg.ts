/* What pictures for the documents are put together from. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Style {
  readonly colour: string;
  readonly dash: string;
}

/** Told apart by whoever sees no colours, too: the palette of Okabe and Ito, and the dashes. */
export const STYLES: readonly Style[] = [
  { colour: "#0072b2", dash: "" },
  { colour: "#e69f00", dash: "2 3" },
  { colour: "#d55e00", dash: "7 3" },
  { colour: "#009e73", dash: "10 3 2 3" },
  { colour: "#7b3f8c", dash: "4 3" },
];

export const GRID = 'stroke="#d8dee4"';

export const round = (value: number) => Number(value.toFixed(1));

const escaped = (content: string) =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export const text = (x: number, y: number, content: string, attributes = "") =>
  `<text x="${round(x)}" y="${round(y)}"${attributes && ` ${attributes}`}>${escaped(content)}</text>`;

export const line = (x1: number, y1: number, x2: number, y2: number, attributes: string) =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${attributes}/>`;

export const polyline = (points: readonly (readonly [number, number])[], attributes: string) =>
  `<polyline points="${points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ")}" fill="none" ${attributes}/>`;

export const stroke = ({ colour, dash }: Style, width = 2.5) =>
  `stroke="${colour}" stroke-width="${width}"${dash && ` stroke-dasharray="${dash}"`}`;

/** All of a picture, with a background of its own, so that it is as legible on a dark page. */
export function svg(
  [width, height]: readonly [number, number],
  { title, description, fontSize, background }: SvgProps,
  content: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" ` +
      `aria-labelledby="title description" font-family="Helvetica, Arial, sans-serif" font-size="${fontSize}" ` +
      `fill="#1f2328">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<rect width="${width}" height="${height}" rx="6" fill="${background}"/>`,
    ...content,
    "</svg>",
    "",
  ].join("\n");
}

interface SvgProps {
  readonly title: string;
  /** What whoever does not see it is told. */
  readonly description: string;
  readonly fontSize: number;
  readonly background: string;
}
