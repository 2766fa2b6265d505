// Bytes for people and back: sixteen to a line with their offset and their ASCII, and the hexadecimal digits that
// somebody types. Knows nothing of terminals.
//
//   00000000  48 65 6c 6c 6f 20 77 6f  72 6c 64 00              |Hello world.|

const bytesPerLine = 16;
const hexWidth = bytesPerLine * 3;

/** The lines of the dump; none for no bytes. */
export function hexDump(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += bytesPerLine) {
    lines.push(dumpLine(bytes.subarray(offset, offset + bytesPerLine), offset));
  }
  return lines;
}

/** The bytes that `text` spells, or undefined when it is not pairs of hexadecimal digits. White space may part bytes. */
export function parseHex(text: string): Uint8Array | undefined {
  const groups = text.split(/\s+/).filter((group) => group !== "");
  if (groups.some((group) => group.length % 2 !== 0 || /[^0-9a-f]/i.test(group))) return undefined;
  const digits = groups.join("");
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}

function dumpLine(bytes: Uint8Array, offset: number): string {
  let hex = "";
  let ascii = "";
  for (const [index, byte] of bytes.entries()) {
    if (index === bytesPerLine / 2) hex += " ";
    hex += `${byte.toString(16).padStart(2, "0")} `;
    ascii += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
  }
  return `${offset.toString(16).padStart(8, "0")}  ${hex.padEnd(hexWidth + 1)} |${ascii}|`;
}
