// The payload of one control frame that arrives in pieces: at most 125 bytes (RFC 6455 §5.5), kept until the last comes.

import { OBJECT_COST } from "../base/limits.ts";

export class ControlPayload {
  readonly bytes: Uint8Array;
  #length = 0;

  /** Room for a payload of `length` bytes, as its header says. */
  constructor(length: number) {
    this.bytes = new Uint8Array(length);
  }

  get cost(): number {
    return this.bytes.length + OBJECT_COST;
  }

  /** Takes the next piece; whether the payload is complete. */
  append(bytes: Uint8Array, start: number, end: number): boolean {
    this.bytes.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
    return this.#length === this.bytes.length;
  }
}
