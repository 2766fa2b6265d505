// Where a text stops being UTF-8, from the table of well-formed byte sequences (Unicode, table 3-7; RFC 3629 §4), in the
// plainest way. An oracle: it shares no code with src/.

const tail = [0x80, 0xbf] as const;
const wellFormed: readonly (readonly (readonly [low: number, high: number])[])[] = [
  [[0x00, 0x7f]],
  [[0xc2, 0xdf], tail],
  [[0xe0, 0xe0], [0xa0, 0xbf], tail],
  [[0xe1, 0xec], tail, tail],
  [[0xed, 0xed], [0x80, 0x9f], tail],
  [[0xee, 0xef], tail, tail],
  [[0xf0, 0xf0], [0x90, 0xbf], tail, tail],
  [[0xf1, 0xf3], tail, tail, tail],
  [[0xf4, 0xf4], [0x80, 0x8f], tail, tail],
];

/** The row of the table that `text` follows at `at` as far as it goes, or the index of the byte that no row allows. */
function matchCharacter(text: Uint8Array, at: number): { length: number } | { badAt: number } {
  let rows = wellFormed;
  for (let index = 0; ; index++) {
    const byte = text[at + index];
    if (byte === undefined) return { length: (rows[0] as readonly unknown[]).length };
    rows = rows.filter((row) => {
      const range = row[index];
      return range !== undefined && byte >= range[0] && byte <= range[1];
    });
    if (rows.length === 0) return { badAt: at + index };
    if ((rows[0] as readonly unknown[]).length === index + 1) return { length: index + 1 };
  }
}

/** The index of the first byte after which no continuation makes `text` valid UTF-8; undefined if there is none. */
export function badUtf8At(text: Uint8Array): number | undefined {
  for (let at = 0; at < text.length;) {
    if ((text[at] as number) < 0x80) {
      at++;
      continue;
    }
    const found = matchCharacter(text, at);
    if ("badAt" in found) return found.badAt;
    at += found.length;
  }
  return undefined;
}

export function isCompleteUtf8(text: Uint8Array): boolean {
  let at = 0;
  while (at < text.length) {
    const found = matchCharacter(text, at);
    if ("badAt" in found) return false;
    at += found.length;
  }
  return at === text.length;
}
