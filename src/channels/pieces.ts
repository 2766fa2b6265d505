// A long message on its way out, copied into pieces of as much as a slice holds, each with room before it for what makes it a packet:
// so it leaves, and is kept for replay, where it stands. What credit cuts off before a piece's end is copied once more. Does not know what
// a slice may cost.

import { utf8Of } from "../base/bytes.ts";
import { platform } from "../base/platform.ts";
import { MAX_SLICE_BYTES } from "./envelope.ts";

export class Pieces {
  readonly #pieces: Uint8Array[] = [];
  readonly #length: number;
  readonly #room: number;

  /** `length`: of `data` in bytes. `room`: before each piece. */
  constructor(data: string | Uint8Array, length: number, room: number) {
    this.#length = length;
    this.#room = room;
    const bytes = typeof data === "string" && length > MAX_SLICE_BYTES ? utf8Of(data) : data;
    for (let at = 0; at < length; at += MAX_SLICE_BYTES) {
      const count = Math.min(MAX_SLICE_BYTES, length - at);
      const piece = platform.allocateShared(room + count);
      if (typeof bytes === "string") platform.encodeUtf8Into(bytes, piece, room);
      else piece.set(bytes.subarray(at, at + count), room);
      this.#pieces.push(piece);
    }
  }

  /** How many bytes stand together from `at` on. */
  restFrom(at: number): number {
    return Math.min(this.#length - at, MAX_SLICE_BYTES - (at % MAX_SLICE_BYTES));
  }

  /**
   * `count` bytes that stand together from `at` on, behind `room` others, which may be written to: where they are, or copied. Each
   * part is cut once, in their order.
   */
  cut(at: number, count: number, room: number): Uint8Array {
    const piece = this.#pieces[Math.floor(at / MAX_SLICE_BYTES)] as Uint8Array;
    const start = this.#room + (at % MAX_SLICE_BYTES);
    const end = start + count;
    if (end === piece.length && start === room) return piece;
    // Before a later part stands what has left and may be wanted again, and a short one would keep all of the piece.
    if (start === room && 2 * end > piece.length) return piece.subarray(0, end);
    const copy = platform.allocateShared(room + count);
    copy.set(piece.subarray(start, end), room);
    return copy;
  }

  /** All of it, in memory of its own. */
  join(): Uint8Array {
    const whole = platform.allocate(this.#length);
    this.#pieces.forEach((piece, index) => whole.set(piece.subarray(this.#room), index * MAX_SLICE_BYTES));
    return whole;
  }
}
