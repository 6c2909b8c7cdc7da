type Alignment = "left" | "right";

/** A table of Markdown as Prettier writes it; columns without an alignment are on the left. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  const widths = header.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const padded = (cells: readonly string[]) =>
    line(
      cells.map((cell, column) =>
        alignments[column] === "right"
          ? cell.padStart(widths[column]!)
          : cell.padEnd(widths[column]!),
      ),
    );
  const rule = widths.map((width, column) =>
    alignments[column] === "right" ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  return [padded(header), line(rule), ...rows.map(padded)].join("\n");
}

/**
 * Puts texts where a document has their marks, `<!-- name -->` and `<!-- end of name -->`.
 *
 * @throws RangeError for a text without marks.
 */
export function fill(document: string, texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts).reduce((filled, [name, text]) => {
    const [start, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`];
    const [from, to] = [filled.indexOf(start), filled.indexOf(end)];
    if (from < 0 || to < from) throw new RangeError(`no marks for "${name}" in the document`);
    return `${filled.slice(0, from + start.length)}\n${text}\n${filled.slice(to)}`;
  }, document);
}
