// One message as its slices arrive. Bytes are copied into rooms of 16 KiB, so that many small slices cost no more than their
// bytes. Rooms are used again: memory beside the heap brings garbage collections about, whose pauses every channel would feel. Judges
// nothing: size, credit and text are incoming's.

import { platform } from "../base/platform.ts";

const ROOM_BYTES = 16 * 1024;
/** As many as a message of 1 MiB takes. */
const MOST_SPARE_ROOMS = 64;

/** Of whole messages; those of the next one, whoever's it is. */
const spareRooms: Uint8Array[] = [];

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
        room = spareRooms.pop() ?? platform.allocate(ROOM_BYTES);
        this.#rooms.push(room);
        this.#used = 0;
      }
      const count = Math.min(bytes.length - at, room.length - this.#used);
      room.set(bytes.subarray(at, at + count), this.#used);
      this.#used += count;
      at += count;
    }
  }

  /** The whole message, with `last` behind what was appended, in a buffer of its own. Then it is empty. */
  complete(last: Uint8Array): Uint8Array {
    const whole = platform.allocate(this.#length + last.length);
    let at = 0;
    for (const room of this.#rooms) {
      const count = Math.min(room.length, this.#length - at);
      whole.set(room.subarray(0, count), at);
      at += count;
      if (spareRooms.length < MOST_SPARE_ROOMS) spareRooms.push(room);
    }
    whole.set(last, at);
    this.#rooms.length = 0;
    this.#length = 0;
    return whole;
  }
}
