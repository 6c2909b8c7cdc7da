import { GRID, line, polyline, stroke, STYLES, type Box } from "../svg";
import type { Figure, Line } from "./figures";
import { LETTER, noData, numberOf, RANG, small, SMALL_FONT } from "./parts";

const END = 'text-anchor="end"';

/** Fewer points than this are dots, too: one alone makes no line. */
const FEW = 6;

const clock = (time: number) => new Date(time).toISOString().slice(11, 16);

/** A number of one digit and noughts that is as large, or somewhat larger. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((digit) => digit * power).find((nice) => nice >= value)!;
}

const styleOf = (index: number) => STYLES[index % STYLES.length]!;

function legend(box: Box, lines: readonly Line[]): string[] {
  let x = box.left;
  return lines.flatMap(({ label }, index) => {
    const at = x;
    x += 36 + label.length * SMALL_FONT * LETTER;
    return [
      line(at, box.bottom - 4, at + 20, box.bottom - 4, stroke(styleOf(index), 1.8)),
      small(at + 24, box.bottom, label),
    ];
  });
}

/** Lines over time, with the straight lines of the limits. */
export function graph(
  box: Box,
  { lines, limits }: Extract<Figure, { kind: "graph" }>,
): readonly string[] {
  const points = lines.flatMap((one) => one.points);
  if (points.length === 0) return noData(box);
  const [times, values] = [points.map(([time]) => time), points.map(([, value]) => value)];
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const most = niceAbove(Math.max(...values, ...limits.map(({ value }) => value), 1));
  const [left, right] = [box.left + 38, box.right - 6];
  const [top, bottom] = [box.top + 8, box.bottom - 32];
  const x = (time: number) => left + ((time - from) / (to - from || 1)) * (right - left);
  const y = (value: number) => bottom - (value / most) * (bottom - top);
  return [
    ...[0, most / 2, most].flatMap((tick) => [
      line(left, y(tick), right, y(tick), GRID),
      small(left - 5, y(tick) + 4, numberOf(tick), END),
    ]),
    small(left, bottom + 14, clock(from)),
    small(right, bottom + 14, clock(to), END),
    ...limits.flatMap(({ label, value }) => [
      line(left, y(value), right, y(value), `stroke="${RANG.stroke}" stroke-dasharray="3 3"`),
      small(right, y(value) - 3, `${label} ${numberOf(value)}`, `${END} fill="${RANG.stroke}"`),
    ]),
    ...lines.flatMap(({ points: drawn }, index) => {
      const style = styleOf(index);
      const places = drawn.map(([time, value]) => [x(time), y(value)] as const);
      const dots = places.length < FEW ? places : [];
      return [
        polyline(places, stroke(style, 1.8)),
        ...dots.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${style.colour}"/>`),
      ];
    }),
    ...legend(box, lines),
  ];
}
