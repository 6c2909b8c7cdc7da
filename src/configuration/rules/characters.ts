/**
 * What an editor shows as nothing or as a blank, and what comes into a list with a copy from a web
 * page or a chat. Blank, tab and line ends are left out, as they belong into a text file.
 */
const INVISIBLE = /(?![ \t\r\n])[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** Of these, what parts words. */
const SPACES = /[\p{Z}\v\f\u0085]/gu;

/** Of these, what does nothing within a word; the joiners (U+200C, U+200D) do in some scripts. */
const IGNORABLE = /(?![\u200c\u200d])[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Unicode's names of those that occur. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["\v", "line tabulation"],
  ["\f", "form feed"],
  ["\u0085", "next line"],
  ["\u00a0", "no-break space"],
  ["\u00ad", "soft hyphen"],
  ["\u061c", "Arabic letter mark"],
  ["\u180e", "Mongolian vowel separator"],
  ["\u2003", "em space"],
  ["\u2007", "figure space"],
  ["\u2009", "thin space"],
  ["\u200b", "zero width space"],
  ["\u200c", "zero width non-joiner"],
  ["\u200d", "zero width joiner"],
  ["\u200e", "left-to-right mark"],
  ["\u200f", "right-to-left mark"],
  ["\u2028", "line separator"],
  ["\u2029", "paragraph separator"],
  ["\u202a", "left-to-right embedding"],
  ["\u202b", "right-to-left embedding"],
  ["\u202c", "pop directional formatting"],
  ["\u202d", "left-to-right override"],
  ["\u202e", "right-to-left override"],
  ["\u202f", "narrow no-break space"],
  ["\u2060", "word joiner"],
  ["\u2066", "left-to-right isolate"],
  ["\u2067", "right-to-left isolate"],
  ["\u2068", "first strong isolate"],
  ["\u2069", "pop directional isolate"],
  ["\u3000", "ideographic space"],
  ["\ufeff", "byte order mark"],
]);

/** The first character of a text that cannot be seen, if there is one. */
export function invisibleCharacter(text: string): string | undefined {
  return INVISIBLE.exec(text)?.[0];
}

/** A character's code point and, of one that cannot be seen, its name: `U+00A0, no-break space`. */
export function nameOf(character: string): string {
  const name = NAMES.get(character);
  return name === undefined ? codePoint(character) : `${codePoint(character)}, ${name}`;
}

/** What a text most likely was before invisible characters came into it. */
export function withoutInvisible(text: string): string {
  return text.replaceAll(SPACES, " ").replaceAll(IGNORABLE, "");
}

/** A text in quotes, with the code points of what cannot be seen: `"a.com<U+00A0>"`. */
export function quoted(text: string): string {
  const everyInvisible = new RegExp(INVISIBLE, "gu");
  return JSON.stringify(
    text.replaceAll(everyInvisible, (character) => `<${codePoint(character)}>`),
  );
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
