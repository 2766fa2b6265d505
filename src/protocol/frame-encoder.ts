// Writes frames (RFC 6455 §5.2) straight into the output's memory: header, mask and payload in one pass, no buffer between.
// The counterpart of frame-decoder. Knows nothing of the connection's state.

import { copyBytes } from "../base/bytes.ts";
import { platform } from "../base/platform.ts";
import type { Random } from "../base/random.ts";
import { Opcode } from "./frame.ts";
import { copyMasked } from "./mask.ts";

/** Where encoded bytes go. The memory belongs to the output; it decides when the bytes leave. */
export interface Output {
  /** After `reserve`: write from `slab[at]` on. */
  readonly slab: Uint8Array;
  readonly at: number;
  /** Makes `slab[at, at + bytes)` ready. Valid until the next call of any method. */
  reserve(bytes: number): void;
  /** Says how many of the reserved bytes were written; they go out in order. */
  commit(bytes: number): void;
  /** Sends `part` by reference. Nobody writes to it from now on. */
  pass(part: Uint8Array): void;
  /** Whether the peer reads so slowly that bytes wait: replies that may be joined or dropped should be. */
  readonly congested: boolean;
}

/** Header bytes of a frame with `length` payload bytes. */
export function headerBytes(length: number, masked: boolean): number {
  return (length < 126 ? 2 : length < 0x10000 ? 4 : 10) + (masked ? 4 : 0);
}

/** Writes a final frame's header at `target[at]`, without the masking key; returns where the key or payload goes. */
export function encodeHeader(target: Uint8Array, at: number, opcode: Opcode, length: number, masked: boolean): number {
  const maskBit = masked ? 0x80 : 0;
  target[at] = 0x80 | opcode;
  // RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length"
  if (length < 126) {
    target[at + 1] = maskBit | length;
    return at + 2;
  }
  if (length < 0x10000) {
    target[at + 1] = maskBit | 126;
    target[at + 2] = length >> 8;
    target[at + 3] = length & 0xff;
    return at + 4;
  }
  target[at + 1] = maskBit | 127;
  const high = Math.floor(length / 0x100000000);
  for (let index = 0; index < 4; index++) {
    target[at + 2 + index] = (high >>> (24 - 8 * index)) & 0xff;
    target[at + 6 + index] = (length >>> (24 - 8 * index)) & 0xff;
  }
  return at + 10;
}

/** One final, unmasked message frame in memory of its own: what a server sends to any number of plain receivers. */
export function encodeMessageFrame(data: string | Uint8Array): Uint8Array {
  const length = typeof data === "string" ? platform.utf8Length(data) : data.length;
  const frame = platform.allocate(headerBytes(length, false) + length);
  const at = encodeHeader(frame, 0, typeof data === "string" ? Opcode.text : Opcode.binary, length, false);
  if (typeof data === "string") platform.encodeUtf8Into(data, frame, at);
  else frame.set(data, at);
  return frame;
}

/** Encodes frames for one side: a client masks with a fresh key each time, a server never. */
export class FrameEncoder {
  readonly #output: Output;
  readonly #random: Random | undefined;

  /** `random` for a client, undefined for a server. */
  constructor(output: Output, random: Random | undefined) {
    this.#output = output;
    this.#random = random;
  }

  /** Writes one final frame; the payload is copied. Returns the payload's length in bytes. */
  encode(opcode: Opcode, payload: string | Uint8Array): number {
    if (typeof payload !== "string") return this.encodeBytes(opcode, payload, 0, payload.length);
    const output = this.#output;
    const random = this.#random;
    const length = platform.utf8Length(payload);
    output.reserve(MOST_HEADER_BYTES + length);
    const { slab, at: start } = output;
    const at = encodeHeader(slab, start, opcode, length, random !== undefined) + (random === undefined ? 0 : KEY_BYTES);
    platform.encodeUtf8Into(payload, slab, at);
    if (random !== undefined) copyMasked(slab, slab, at, writeKey(random, slab, at - KEY_BYTES), at, at + length);
    output.commit(at + length - start);
    return length;
  }

  /** The same for what stands in `bytes` from `from` to `to`. */
  encodeBytes(opcode: Opcode, bytes: Uint8Array, from: number, to: number): number {
    const output = this.#output;
    const random = this.#random;
    output.reserve(MOST_HEADER_BYTES + to - from);
    const { slab, at: start } = output;
    const at =
      encodeHeader(slab, start, opcode, to - from, random !== undefined) + (random === undefined ? 0 : KEY_BYTES);
    if (random === undefined) copyBytes(bytes, from, to, slab, at);
    else copyMasked(bytes, slab, at, writeKey(random, slab, at - KEY_BYTES), from, to);
    output.commit(at + to - from - start);
    return to - from;
  }
}

/** Of a masked frame with a payload beyond 64 KiB. */
const MOST_HEADER_BYTES = 14;
const KEY_BYTES = 4;
const keyBytes = new Uint8Array(KEY_BYTES);

/** Writes a fresh masking key at `target[at]`, and gives it, first byte highest. */
function writeKey(random: Random, target: Uint8Array, at: number): number {
  // RFC 6455 §5.3: "The masking key needs to be unpredictable"
  random.fill(keyBytes);
  target.set(keyBytes, at);
  return (
    ((keyBytes[0] as number) << 24) |
    ((keyBytes[1] as number) << 16) |
    ((keyBytes[2] as number) << 8) |
    (keyBytes[3] as number)
  );
}
