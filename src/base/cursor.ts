// A byte string read from front to back, and the varints it is made of (wire/session-v1 §2: unsigned LEB128, minimal, at
// most 2⁵³−1). What does not fit is a fault that sticks: later reads give nothing, so a decoder looks once, at the end.
// Copies nothing. Does not know packets or envelopes.

import { copyBytes } from "./bytes.ts";
import { platform } from "./platform.ts";

const MAX_VARINT_BYTES = 8;
const nothing = new Uint8Array(0);

/** How many bytes `value` takes as a varint. */
export function varintBytes(value: number): number {
  return value < 0x80 ? 1 : 1 + varintBytes(Math.floor(value / 0x80));
}

/** Writes `value`, an integer from 0 to 2⁵³−1, at `at`. Returns where it ends. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  if (value >= 0x80) return writeLongVarint(target, at, value);
  target[at] = value;
  return at + 1;
}

/** Apart, so that the short one, which nearly all are, is no call where it is used. */
function writeLongVarint(target: Uint8Array, at: number, value: number): number {
  target[at] = (value % 0x80) | 0x80;
  return writeVarint(target, at + 1, Math.floor(value / 0x80));
}

/** How many bytes `bytes` take with their length before them. */
export function sizedBytes({ length }: Uint8Array): number {
  return varintBytes(length) + length;
}

/** Writes `bytes` at `at`, with their length before them. Returns where they end. */
export function writeSized(target: Uint8Array, at: number, bytes: Uint8Array): number {
  const { length } = bytes;
  const start = writeVarint(target, at, length);
  copyBytes(bytes, 0, length, target, start);
  return start + length;
}

export class Cursor {
  readonly #bytes: Uint8Array;
  #at: number;
  #fault = false;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Whether anything read so far was short, too long or not in its one lawful form. */
  get fault(): boolean {
    return this.#fault;
  }

  /** Where the next read begins. */
  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next varint, or 0 after a fault. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 1; count <= MAX_VARINT_BYTES; count++) {
      const byte = this.#fault ? undefined : this.#bytes[this.#at];
      if (byte === undefined) return this.#fail(0);
      this.#at++;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        // A last byte of 0 adds nothing: the same number has a shorter form, and every number has only one.
        if ((byte === 0 && count > 1) || value > Number.MAX_SAFE_INTEGER) return this.#fail(0);
        return value;
      }
      scale *= 0x80;
    }
    return this.#fail(0);
  }

  /** The next `count` bytes, as a view. */
  take(count: number): Uint8Array {
    const start = this.#at;
    return this.skip(count) ? this.#bytes.subarray(start, this.#at) : nothing;
  }

  /** Passes over the next `count` bytes. False: there are not so many. */
  skip(count: number): boolean {
    if (this.#fault || count > this.#bytes.length - this.#at) return this.#fail(false);
    this.#at += count;
    return true;
  }

  /** The next bytes with their length before them, at most `limit`, as a view. */
  bytes(limit: number): Uint8Array {
    const length = this.varint();
    return length > limit ? this.#fail(nothing) : this.take(length);
  }

  /** The next text with its length in bytes before it, at most `limit`: valid UTF-8. */
  text(limit: number): string {
    const bytes = this.bytes(limit);
    if (this.#fault || !platform.isUtf8(bytes)) return this.#fail("");
    return platform.decodeUtf8(bytes, 0, bytes.length);
  }

  /** All that is left, as a view. */
  rest(): Uint8Array {
    return this.#fault ? nothing : this.take(this.#bytes.length - this.#at);
  }

  #fail<Value>(value: Value): Value {
    this.#fault = true;
    return value;
  }
}
