/**
 * Control characters, which a terminal obeys, and the invisible and direction-changing ones of
 * Unicode, with which a text can look like another one: https://trojansource.codes
 */
const DECEPTIVE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** The text with whatever could deceive its reader written out; line feeds stay. */
export function printable(text: string): string {
  return text.replaceAll(
    DECEPTIVE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text as code in a cell of a Markdown table, whatever it holds. */
export function codeCell(text: string): string {
  const line = printable(text).replaceAll("\n", "\\n").replaceAll("|", "\\|");
  const fence = "`".repeat(longestRun(line) + 1);
  return fence.length === 1 ? `\`${line}\`` : `${fence} ${line} ${fence}`;
}

/** A block of code in Markdown, whatever it holds. */
export function codeBlock(text: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
