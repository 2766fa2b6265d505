// One message as its slices arrive. Bytes are copied into rooms of 16 KiB, so that many small slices cost no more than their
// bytes. Judges nothing: size, credit and text are incoming's.

import { platform } from "../base/platform.ts";

const ROOM_BYTES = 16 * 1024;

export class Assembly {
  readonly #rooms: Uint8Array[] = [];
  /** Bytes used of the last room. */
  #used = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      let room = this.#rooms.at(-1);
      if (room === undefined || this.#used === room.length) {
        room = platform.allocate(ROOM_BYTES);
        this.#rooms.push(room);
        this.#used = 0;
      }
      const count = Math.min(bytes.length - at, room.length - this.#used);
      room.set(bytes.subarray(at, at + count), this.#used);
      this.#used += count;
      at += count;
    }
  }

  /** The whole message, with `last` behind what was appended, in a buffer of its own. */
  complete(last: Uint8Array): Uint8Array {
    const whole = platform.allocate(this.#length + last.length);
    let at = 0;
    for (const room of this.#rooms) {
      const count = Math.min(room.length, this.#length - at);
      whole.set(room.subarray(0, count), at);
      at += count;
    }
    whole.set(last, at);
    return whole;
  }
}
