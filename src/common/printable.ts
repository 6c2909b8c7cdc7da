/**
 * Control characters, which a terminal obeys, and the invisible and direction-changing ones of
 * Unicode, with which a text can look like another one: https://trojansource.codes
 */
const DECEPTIVE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** More backticks in a row than any text has for a good reason; a fence must be longer. */
const TOO_MANY_BACKTICKS = /`{50,}/g;

/** The text with whatever could deceive its reader written out; line feeds stay. */
export function printable(text: string): string {
  return text.replaceAll(DECEPTIVE, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** The same in one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}

/** The text without secrets that are known word for word; an empty one is none. */
export function masked(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== "")
    .reduce((rest, secret) => rest.replaceAll(secret, "(sensitive value)"), text);
}

/** The beginning of a text, without half a character at its end. */
export function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

/** A text as code within a line of Markdown, whatever it holds. */
export function code(text: string): string {
  const line = fewBackticks(printableLine(text));
  if (line === "") return "";
  const fence = "`".repeat(longestRun(line) + 1);
  return fence.length === 1 ? `\`${line}\`` : `${fence} ${line} ${fence}`;
}

/** A text as code in a cell of a Markdown table, whatever it holds. */
export function codeCell(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

/** A block of code in Markdown, whatever it holds. */
export function codeBlock(text: string, language: string): string {
  const content = fewBackticks(text);
  const fence = "`".repeat(Math.max(3, longestRun(content) + 1));
  return `${fence}${language}\n${content}\n${fence}`;
}

/** The text without rows of backticks that only a hostile one has. */
export function fewBackticks(text: string): string {
  return text.replaceAll(TOO_MANY_BACKTICKS, "```…```");
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0);
}
