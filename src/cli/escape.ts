// Makes text of a peer safe and honest to show in a terminal: what would move the cursor, change colours, write the
// clipboard, open a link, hide text or turn its direction is written out as an escape. Nothing else is changed, so the
// result is for eyes, not for parsing back; `--json` is the exact form, with escapes of its own.

/** Zero-width joiner and non-joiner are letters' business (Persian, emoji) and can do no harm by themselves. */
const joiners = "\\u200c\\u200d";
const unsafe = new RegExp(`(?![${joiners}])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]`, "gu");
const unsafeInBlock = new RegExp(`(?![${joiners}\\n\\t])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]`, "gu");

const named = new Map([
  ["\n", String.raw`\n`],
  ["\r", String.raw`\r`],
  ["\t", String.raw`\t`],
]);

/** How an escape is set off from the text around it, e.g. in another colour. */
export type Mark = (escape: string) => string;

const plain: Mark = (escape) => escape;

/** `text` in one line: line breaks and tabs are escaped as well. */
export function escapeLine(text: string, mark: Mark = plain): string {
  return text.replaceAll(unsafe, (character) => mark(escapeCharacter(character)));
}

/** `text` as the lines it has. Only LF breaks a line: a CR would let a line overwrite itself. */
export function escapeBlock(text: string, mark: Mark = plain): string[] {
  return text.replaceAll(unsafeInBlock, (character) => mark(escapeCharacter(character))).split("\n");
}

/** `json` with the same written as escapes of JSON: it means what it meant, and a terminal may have it. */
export function escapeJson(json: string): string {
  return json.replaceAll(unsafe, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}

function escapeCharacter(character: string): string {
  const name = named.get(character);
  if (name !== undefined) return name;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x1_0000 ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}
