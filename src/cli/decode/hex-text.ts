// Bytes out of the hexadecimal that people paste: bare digits, the dumps of xxd, hexdump -C, od, tcpdump -X and Wireshark,
// `0x48, 0x65` out of a program, `\x48\x65` out of a log. What stands before the bytes as an offset and behind them as
// letters is left out. Knows nothing of what the bytes mean.

export interface HexText {
  readonly bytes: Uint8Array;
  /** The first line that was not understood, from 1, and what stands there; `bytes` are those before it. */
  readonly fault?: { readonly line: number; readonly text: string };
  /** How many bytes `*` stood for that are left out, because there are too many; absent: none. */
  readonly leftOut?: number;
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
/** All of them together: a short dump with many of them would be an attack as well. */
const mostRepeatedInAll = 32 * mostRepeatedBytes;
const shownOfLine = 40;

/** The bytes that `text` spells. Looks at each line once, and at none that comes after one it did not understand. */
export function parseHexText(text: string): HexText {
  const isDump = hasOffsets(text);
  const spelled = new Spelled();
  let last: Uint8Array | undefined;
  let isSqueezed = false;
  let repeatsLeft = mostRepeatedInAll;
  let leftOut = 0;
  for (const { line, at } of linesOf(text)) {
    if (line === "" || line.startsWith("#") || line.startsWith("//")) continue;
    if (isDump && line === "*") {
      isSqueezed = true;
      continue;
    }
    const row = isDump ? parseRow(line) : { offset: undefined, bytes: parseDigits(line) };
    if (row.bytes === undefined) {
      const fault = { line: lineNumberAt(text, at), text: line.slice(0, shownOfLine) };
      return { bytes: spelled.bytes, fault, ...(leftOut > 0 ? { leftOut } : {}) };
    }
    if (isSqueezed && row.offset !== undefined && last?.length === rowBytes) {
      const wanted = row.offset - spelled.length - leftOut;
      const missing = Math.min(wanted, mostRepeatedBytes, repeatsLeft);
      leftOut += Math.max(0, wanted - Math.max(0, missing));
      for (let have = 0; have < missing; have += rowBytes) spelled.add(last);
      repeatsLeft -= Math.max(0, missing);
    }
    isSqueezed = false;
    last = row.bytes;
    spelled.add(row.bytes);
  }
  return { bytes: spelled.bytes, ...(leftOut > 0 ? { leftOut } : {}) };
}

/** One after the other, without what is blank around them: a list of them all would take more memory than the text. */
function* linesOf(text: string): Generator<{ readonly line: string; readonly at: number }> {
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) yield { line: line.trim(), at: index };
}

function hasOffsets(text: string): boolean {
  for (const { line } of linesOf(text)) {
    if (colonOffset.test(line) || blankOffset.test(line) || odOffset.test(line)) return true;
  }
  return false;
}

/** From 1. */
function lineNumberAt(text: string, at: number): number {
  let count = 1;
  for (const _break of text.slice(0, at).matchAll(/\r\n|[\n\r]/g)) count++;
  return count;
}

/** Bytes in one place that grows: millions of short rows would take many times what they spell. */
class Spelled {
  length = 0;
  #room = new Uint8Array(4_096);

  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.length);
  }

  add(row: Uint8Array): void {
    if (this.length + row.length > this.#room.length) {
      const larger = new Uint8Array(2 * (this.length + row.length));
      larger.set(this.bytes);
      this.#room = larger;
    }
    this.#room.set(row, this.length);
    this.length += row.length;
  }
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
