// Writes frames (RFC 6455 §5.2) straight into the output's memory: header, mask and payload in one pass, no buffer between.
// The counterpart of frame-decoder. Knows nothing of the connection's state.

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
    return this.#random === undefined
      ? this.#encodePlain(opcode, payload)
      : this.#encodeMasked(opcode, payload, this.#random);
  }

  #encodePlain(opcode: Opcode, payload: string | Uint8Array): number {
    const output = this.#output;
    if (typeof payload === "string") {
      const length = platform.utf8Length(payload);
      output.reserve(10 + length);
      const { slab } = output;
      const start = output.at;
      const at = encodeHeader(slab, start, opcode, length, false);
      platform.encodeUtf8Into(payload, slab, at);
      output.commit(at + length - start);
      return length;
    }
    const length = payload.length;
    output.reserve(10 + length);
    const { slab } = output;
    const start = output.at;
    const at = encodeHeader(slab, start, opcode, length, false);
    slab.set(payload, at);
    output.commit(at + length - start);
    return length;
  }

  #encodeMasked(opcode: Opcode, payload: string | Uint8Array, random: Random): number {
    const output = this.#output;
    const length = typeof payload === "string" ? platform.utf8Length(payload) : payload.length;
    output.reserve(14 + length);
    const { slab } = output;
    const start = output.at;
    const keyAt = encodeHeader(slab, start, opcode, length, true);
    // RFC 6455 §5.3: "The masking key needs to be unpredictable"
    random.fill(keyBytes);
    slab.set(keyBytes, keyAt);
    const key =
      ((keyBytes[0] as number) << 24) |
      ((keyBytes[1] as number) << 16) |
      ((keyBytes[2] as number) << 8) |
      (keyBytes[3] as number);
    const at = keyAt + 4;
    if (typeof payload === "string") {
      platform.encodeUtf8Into(payload, slab, at);
      copyMasked(slab.subarray(at, at + length), slab, at, key);
    } else {
      copyMasked(payload, slab, at, key);
    }
    output.commit(at + length - start);
    return length;
  }
}

const keyBytes = new Uint8Array(4);
