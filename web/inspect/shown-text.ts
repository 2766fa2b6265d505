// What strangers wrote, made fit to be looked at (RELIABILITY V-56): characters that do something instead of showing something are
// written out, so that no message can turn a line around, hide a part of itself or look like what it is not.

/**
 * Controls, directions, zero widths, line separators, tags. Line feeds and tabs are for whoever lays out the text; what joins the
 * parts of an emoji stays.
 */
const acting = /(?![\n\t\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function shownText(text: string): string {
  return text.replaceAll(acting, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same in one line. */
export function shownLine(text: string): string {
  return shownText(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}
