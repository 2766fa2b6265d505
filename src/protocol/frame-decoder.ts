// Reads one frame header (RFC 6455 §5.2) out of bytes that may end anywhere. Only parses: whether the header is allowed
// here is frame-check's question. Holds the last header in plain fields, so that reading one allocates nothing.

import type { FrameHeader } from "./frame.ts";

const TWO_53 = 0x20000000000000;

/** Reads one frame header (RFC 6455 §5.2) at a time, into fields that the next one overwrites; FrameHeader says what each is. */
export class FrameDecoder implements FrameHeader {
  fin = false;
  rsv = 0;
  opcode = 0;
  masked = false;
  maskKey = 0;
  length = 0;
  headerBytes = 0;
  minimal = true;
  /** Whether a 64-bit length began with a set bit, which no valid one does. */
  negative = false;
  /** After a read that returned 0: whether the fields say enough to be judged. */
  judgeable = false;

  /**
   * Reads the header that begins at `bytes[at]` into the fields above and returns how many bytes it took, or 0 when it is
   * not complete before `end`: then nothing is consumed. When 0 is returned and `judgeable` is true, the fields hold what
   * is known so far, with a length of 0 until it is known: enough to refuse a frame before the rest of it comes.
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    const available = end - at;
    this.judgeable = available >= 2;
    if (available < 2) return 0;
    const first = bytes[at] as number;
    const second = bytes[at + 1] as number;
    const short = second & 0x7f;
    const extended = short < 126 ? 0 : short === 126 ? 2 : 8;
    this.fin = (first & 0x80) !== 0;
    this.rsv = (first >> 4) & 7;
    this.opcode = first & 0x0f;
    this.masked = (second & 0x80) !== 0;
    this.headerBytes = 2 + extended + (this.masked ? 4 : 0);
    this.length = short;
    this.minimal = true;
    this.negative = false;
    if (extended !== 0) {
      this.length = 0;
      if (available < 2 + extended) return 0;
      this.#readExtended(bytes, at + 2, extended);
    }
    if (available < this.headerBytes) return 0;
    this.maskKey = this.masked ? readWord(bytes, at + 2 + extended) | 0 : 0;
    return this.headerBytes;
  }

  #readExtended(bytes: Uint8Array, at: number, extended: 2 | 8): void {
    if (extended === 2) {
      this.length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      this.minimal = this.length > 125;
      return;
    }
    const high = readWord(bytes, at);
    const length = high * 0x100000000 + readWord(bytes, at + 4);
    this.negative = high > 0x7fffffff;
    this.minimal = length > 0xffff;
    // A double cannot hold every integer from 2^53 on; no such message exists, so one value stands for all of them.
    this.length = length >= TWO_53 ? Infinity : length;
  }
}

function readWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) * 0x1000000 +
    (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  );
}
