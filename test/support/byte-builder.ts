// Bytes for tests, written so that a reader sees the wire: `hex("81 05")`, `bytes(0x81, 5, "hello")`.
// Knows nothing of frames; naive-frame-codec.ts does.

/** One piece of a byte string: a byte, text (as UTF-8), bytes, or a list of pieces. */
export type Piece = number | string | Uint8Array | readonly Piece[];

const encoder = new TextEncoder();

function append(piece: Piece, into: number[]): void {
  if (typeof piece === "number") into.push(piece & 0xff);
  else if (typeof piece === "string") append(encoder.encode(piece), into);
  else for (const part of piece) append(part, into);
}

/** All pieces, one after another. */
export function bytes(...pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const all: number[] = [];
  for (const piece of pieces) append(piece, all);
  return Uint8Array.from(all);
}

/** The bytes written as hexadecimal digits; white space between bytes is for the reader. */
export function hex(digits: string): Uint8Array<ArrayBuffer> {
  const packed = digits.replaceAll(/\s+/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(packed)) throw new Error(`Not pairs of hexadecimal digits: ${digits}`);
  return Uint8Array.from(packed.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** What `hex` reads, e.g. `81 05 68`. */
export function toHex(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** `value` in `size` bytes, most significant first. */
export function bigEndian(value: number | bigint, size: number): Uint8Array<ArrayBuffer> {
  const written = new Uint8Array(size);
  let rest = BigInt(value);
  for (let at = size - 1; at >= 0; at--) {
    written[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return written;
}

/** The arrays joined into one new array. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `text` as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}
