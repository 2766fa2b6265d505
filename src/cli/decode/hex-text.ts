// Bytes out of the hexadecimal that people paste: bare digits, the dumps of xxd, hexdump -C, od, tcpdump -X and Wireshark,
// `0x48, 0x65` out of a program, `\x48\x65` out of a log. What stands before the bytes as an offset and behind them as
// letters is left out. Knows nothing of what the bytes mean.

export interface HexText {
  readonly bytes: Uint8Array;
  /** The first line that was not understood, from 1, and what stands there; `bytes` are those before it. */
  readonly fault?: { readonly line: number; readonly text: string };
}

/** An offset with a colon (xxd, tcpdump), with blanks (hexdump, Wireshark), or with one blank and then one byte (od). */
const colonOffset = /^(?:0x)?([0-9a-f]{4,16}):\s*/i;
const blankOffset = /^([0-9a-f]{4,16})(?:\t+| {2,})(?=[0-9a-f]{2}\b)/i;
const odOffset = /^([0-9a-f]{6,8}) (?=[0-9a-f]{2}(?: [0-9a-f]{2})*$)/i;
/** hexdump and od end with an offset behind which there is nothing. */
const lastOffset = /^([0-9a-f]{6,8})$/i;
const rowBytes = 16;
/** `*` stands for rows like the one before it; for more than these it would be an attack, or a disk. */
const mostRepeatedBytes = 1024 * 1024;
const shownOfLine = 40;

/** The bytes that `text` spells. Looks at each line once, and at none that comes after one it did not understand. */
export function parseHexText(text: string): HexText {
  const lines = text.split(/\r\n|[\n\r]/).map((line) => line.trim());
  const isDump = lines.some((line) => colonOffset.test(line) || blankOffset.test(line) || odOffset.test(line));
  const rows: Uint8Array[] = [];
  let length = 0;
  let isSqueezed = false;
  const keep = (row: Uint8Array): void => {
    rows.push(row);
    length += row.length;
  };
  for (const [index, line] of lines.entries()) {
    if (line === "" || line.startsWith("#") || line.startsWith("//")) continue;
    if (isDump && line === "*") {
      isSqueezed = true;
      continue;
    }
    const row = isDump ? parseRow(line) : { offset: undefined, bytes: parseDigits(line) };
    if (row.bytes === undefined) {
      return { bytes: joinRows(rows, length), fault: { line: index + 1, text: line.slice(0, shownOfLine) } };
    }
    const last = rows.at(-1);
    if (isSqueezed && row.offset !== undefined && last?.length === rowBytes) {
      const missing = Math.min(row.offset - length, mostRepeatedBytes);
      for (let have = 0; have < missing; have += rowBytes) keep(last);
    }
    isSqueezed = false;
    keep(row.bytes);
  }
  return { bytes: joinRows(rows, length) };
}

interface Row {
  readonly offset: number | undefined;
  readonly bytes: Uint8Array | undefined;
}

function parseRow(line: string): Row {
  const colon = colonOffset.exec(line);
  if (colon !== null) {
    // xxd and tcpdump have one blank between bytes and two before the letters.
    const [digits = ""] = line.slice(colon[0].length).split(/ {2,}|\t/);
    return { offset: Number.parseInt(colon[1] ?? "", 16), bytes: parseDigits(digits) };
  }
  const blank = blankOffset.exec(line) ?? odOffset.exec(line);
  if (blank !== null) {
    const offset = Number.parseInt(blank[1] ?? "", 16);
    return { offset, bytes: parseDigits(beforeLetters(line.slice(blank[0].length))) };
  }
  const last = lastOffset.exec(line);
  if (last !== null) return { offset: Number.parseInt(last[1] ?? "", 16), bytes: new Uint8Array(0) };
  return { offset: undefined, bytes: parseDigits(line) };
}

/** hexdump has its letters between bars, Wireshark behind two blanks; both may have two blanks behind the eighth byte. */
function beforeLetters(text: string): string {
  const bar = text.indexOf("|");
  if (bar >= 0) return text.slice(0, bar);
  const [first = "", second = ""] = text.split(/ {2,}|\t/);
  const isHalf = first.split(" ").length === rowBytes / 2;
  return isHalf && /^[0-9a-f]{2}(?: [0-9a-f]{2})*$/i.test(second) ? `${first} ${second}` : first;
}

/** Pairs of digits, with whatever programs put around and between them. Undefined: something else is there. */
function parseDigits(text: string): Uint8Array | undefined {
  const groups = text.replaceAll(/\\x|\b0x|[\s,;:{}[\]"']+/gi, " ").split(" ");
  if (groups.some((group) => group.length % 2 !== 0 || /[^0-9a-f]/i.test(group))) return undefined;
  return Buffer.from(groups.join(""), "hex");
}

function joinRows(rows: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const row of rows) {
    bytes.set(row, at);
    at += row.length;
  }
  return bytes;
}
